/**
 * What was changed meanwhile, when the version for which a change was meant is not the current one.
 *
 * @typedef {{name: string, theirs: any, yours: any, actor_id: string | null, occurred_at: string | null}} Collided
 * @typedef {{write: import("./writes.js").Write, current: import("./types.js").Thing, fields: Collided[]}} Collision
 */

const MOST_PAGES = 5;

/**
 * @param {import("./workspace.js").Workspace} workspace
 * @param {import("./writes.js").Write} write
 * @param {import("./types.js").Thing} current
 * @returns {Promise<Collided[]>} The fields on which both decided, differently. None: the change can be made as it is.
 */
export async function collidedFields(workspace, write, current) {
  const base = write.base;
  if (!base) return [];
  const names = write.fields.filter((name) => {
    const yours = write.body[name] ?? null;
    return !same(current[name], base[name]) && !same(current[name], yours);
  });
  if (names.length === 0) return [];
  const changes = await changesSince(workspace, base);
  return names.map((name) => {
    const change = changes.findLast((one) => name in one.changes);
    return {
      name,
      theirs: current[name],
      yours: write.body[name] ?? null,
      actor_id: change?.actor_id ?? null,
      occurred_at: change?.occurred_at ?? null,
    };
  });
}

/**
 * @param {import("./workspace.js").Workspace} workspace
 * @param {import("./types.js").Thing} base
 * @returns {Promise<import("./types.js").Change[]>} Oldest first.
 */
async function changesSince(workspace, base) {
  const found = [];
  /** @type {Record<string, any>} */
  let place = { from: base.updated_at };
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await workspace.get("changes", { entity_id: base.id, limit: 1000, ...place });
    found.push(...answer.items.filter((/** @type {any} */ change) => change.entity_version > base.version));
    if (!answer.has_more) break;
    place = { cursor: answer.next_cursor };
  }
  return found;
}

/**
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (a && b && typeof a === "object" && typeof b === "object") {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => same(a[name], b[name]));
  }
  return (a ?? null) === (b ?? null);
}
