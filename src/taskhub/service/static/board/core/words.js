import { Refused } from "./http.js";

const NAMES = /** @type {Record<string, string>} */ ({
  title: "the title", description: "the description", status: "the status", priority: "the priority", assignee_ids: "the assignees", label_ids: "the labels",
  due: "the due date", parent_id: "the parent", blocked_by_ids: "the blockers", project_id: "the project", name: "the name", color: "the colour", body: "the text",
  workflow: "the workflow", external_keys: "the external keys", time_zone: "the time zone", archived_at: "the archive", deleted_at: "the trash", rank: "the place", id: "whether it is there",
});
const LINKS = /** @type {Record<string, string>} */ ({ assignees: "assignee_ids", labels: "label_ids", blockers: "blocked_by_ids" });
const DONE = /** @type {Record<string, string>} */ ({ DELETE: "deleted", PATCH: "changed", POST: "added" });
const DONE_BY = /** @type {Record<string, string>} */ ({
  archive: "archived", unarchive: "is back from the archive", restore: "is back", move: "moved", workflow: "has a new workflow",
});

/** @param {string} name of a field. */
export const fieldName = (name) => NAMES[name] ?? name;

/**
 * How many things of each kind, in words: "1 label and 40 tasks".
 *
 * @param {string[]} kinds
 */
export function counted(kinds) {
  const names = [...new Set(kinds)].sort();
  return names.map((name) => [kinds.filter((kind) => kind === name).length, name]).map(([count, name]) => `${count} ${name}${count === 1 ? "" : "s"}`).join(" and ");
}

/**
 * What a change did, in words.
 *
 * @param {import("./workspace.js").Workspace} workspace
 * @param {import("./writes.js").Sent} sent
 * @param {any} answer
 * @returns {string}
 */
export function whatWasDone(workspace, { method, path, kind, base, body }, answer) {
  const verb = path.split("/")[2] ?? "";
  const name = nameOf(kind, answer ?? base ?? body);
  if (kind === "comment") return `${name} ${DONE[method]}`;
  if (verb in LINKS) return `${name}: ${fieldName(LINKS[verb])} changed`;
  if (method === "PATCH") return `${name}: ${Object.keys(body).map(fieldName).join(" and ")} changed`;
  if (method === "DELETE") return kind === "label" ? `${name} deleted` : `${name} is in the trash`;
  if (kind === "task" && verb === "move" && body.project_id) {
    return `${nameOf(kind, base)} moved to ${workspace.project(body.project_id)?.name ?? "another project"}: it is ${name} now`;
  }
  if (kind === "task" && verb === "move" && body.status) return `${name} moved to ${statusName(workspace, base?.project_id, body.status)}`;
  return `${name} ${DONE_BY[verb] ?? "created"}`;
}

/**
 * Why something was not undone, in words.
 *
 * @param {import("./workspace.js").Workspace} workspace
 * @param {any} error
 * @returns {string}
 */
export function whyNotUndone(workspace, error) {
  if (!(error instanceof Refused)) return error?.message ?? "Something went wrong.";
  if (error.code !== "changed_since") return `This can't be undone. ${error.message}`;
  const changed = /** @type {{entity_type: string, entity_id: string, fields: string[]}[]} */ (error.problem.changed ?? []);
  const each = changed.map(({ entity_type, entity_id, fields }) => {
    const kind = /** @type {import("./types.js").Kind} */ (entity_type);
    const known = entity_type === "workspace" ? workspace.info : workspace.thing(kind, entity_id);
    return `${fields.map(fieldName).join(", ")} of ${nameOf(entity_type, known)}`;
  });
  return `This was changed again since, so it was not undone: ${each.join("; ") || error.message}.`;
}

/**
 * @param {string | undefined} kind
 * @param {any} thing
 */
function nameOf(kind, thing) {
  if (kind === "task") return thing?.key ?? "Task";
  if (kind === "comment") return "Comment";
  if (kind === "workspace") return "Workspace";
  const name = thing?.name ? ` “${thing.name}”` : "";
  return kind === "label" ? `Label${name}` : `Project${name}`;
}

/**
 * @param {import("./workspace.js").Workspace} workspace
 * @param {string} project_id
 * @param {string} key
 */
function statusName(workspace, project_id, key) {
  return workspace.project(project_id)?.workflow.statuses.find((status) => status.key === key)?.name ?? key;
}
