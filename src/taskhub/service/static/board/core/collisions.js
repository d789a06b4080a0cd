import { Refused } from "./http.js";
import { Observable } from "./observable.js";

/**
 * What was changed meanwhile, when the version for which a change was meant is not the current one.
 *
 * @typedef {{name: string, theirs: any, yours: any, actor_id: string | null, occurred_at: string | null}} Collided
 * @typedef {{write: import("./writes.js").Write, current: import("./types.js").Thing, fields: Collided[]}} Collision
 */

const MOST_PAGES = 5;

/** What people have to decide, because others decided the same meanwhile. */
export class Collisions extends Observable {
  /** @type {Collision[]} */
  open = [];

  /** @param {import("./workspace.js").Workspace} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
  }

  /**
   * @param {import("./writes.js").Write} write One that was meant for a former version.
   * @returns {Promise<Collision | Error>}
   */
  async of(write) {
    const path = { project: "projects", task: "tasks", label: "labels", comment: "" }[write.kind ?? "comment"];
    try {
      const current = await this.workspace.get(path ? `${path}/${write.thing}` : String(write.path));
      this.workspace.take(/** @type {import("./types.js").Kind} */ (write.kind), current);
      return { write, current, fields: await collidedFields(this.workspace, write, current) };
    } catch (error) {
      if (error instanceof Refused && !error.is_passing) return error;
      throw error;
    }
  }

  /** @param {Collision} collision */
  ask(collision) {
    this.open.push(collision);
    this.changed();
  }

  /**
   * @param {Collision} collision
   * @param {Set<string>} mine The fields that get what was written here.
   */
  decide(collision, mine) {
    this.open.splice(this.open.indexOf(collision), 1);
    const { write, current } = collision;
    const dropped = collision.fields.map((field) => field.name).filter((name) => !mine.has(name));
    const body = Object.fromEntries(Object.entries(write.body).filter(([name]) => !dropped.includes(name)));
    if (write.fields.every((name) => dropped.includes(name))) write.resolve(current); // A move without them would be another one.
    else {
      const { resolve, reject } = write;
      this.workspace.writes.add({ ...write, body, overlay: body, base: current, version: current.version }).then(resolve, reject);
    }
    this.changed();
  }
}

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
