/**
 * Where tasks are on a board, and what has to be said to the service to put one elsewhere.
 *
 * @typedef {import("./types.js").Task} Task
 * @typedef {{status: string, before: string | null}} Place `before`: the task in the column before which it is; null: at the end.
 */

/**
 * @param {import("./types.js").Workflow} workflow
 * @param {Task[]} tasks
 * @returns {Map<string, Task[]>} By the keys of the statuses.
 */
export function columnsOf(workflow, tasks) {
  /** @type {Map<string, Task[]>} */
  const columns = new Map(workflow.statuses.map((status) => [status.key, []]));
  for (const task of tasks) columns.get(task.status)?.push(task);
  return columns;
}

/**
 * @param {import("./types.js").Workflow} workflow
 * @param {string} from
 * @param {string} to
 */
export function isAllowed(workflow, from, to) {
  return from === to || workflow.transitions === null || (workflow.transitions[from] ?? []).includes(to);
}

/**
 * @param {Map<string, Task[]>} columns
 * @param {Task} task
 * @param {Place} place
 * @returns {Record<string, string> | null} The body of the move; null where the task is there already.
 */
export function moveBody(columns, task, place) {
  const column = columns.get(place.status) ?? [];
  const others = column.filter((other) => other.id !== task.id);
  const is_same_status = task.status === place.status;
  const index = column.findIndex((other) => other.id === task.id);
  if (is_same_status && (column[index + 1]?.id ?? null) === place.before) return null;
  /** @type {Record<string, string>} */
  const status = is_same_status ? {} : { status: place.status };
  if (place.before !== null) return { before: place.before, ...status };
  const last = others[others.length - 1];
  return last ? { after: last.id, ...status } : { to: "last", ...status };
}

/**
 * The place one step from another one.
 *
 * @param {import("./types.js").Workflow} workflow
 * @param {Map<string, Task[]>} columns
 * @param {Task} task
 * @param {Place} place
 * @param {"ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight"} direction
 * @returns {Place}
 */
export function stepped(workflow, columns, task, place, direction) {
  const others = (/** @type {string} */ status) => (columns.get(status) ?? []).filter((other) => other.id !== task.id);
  const here = others(place.status);
  const index = place.before === null ? here.length : here.findIndex((other) => other.id === place.before);
  if (direction === "ArrowUp" || direction === "ArrowDown") {
    const next = Math.min(here.length, Math.max(0, index + (direction === "ArrowUp" ? -1 : 1)));
    return { status: place.status, before: here[next]?.id ?? null };
  }
  const keys = workflow.statuses.map((status) => status.key);
  const step = direction === "ArrowLeft" ? -1 : 1;
  for (let at = keys.indexOf(place.status) + step; at >= 0 && at < keys.length; at += step) {
    if (isAllowed(workflow, task.status, keys[at])) return { status: keys[at], before: others(keys[at])[index]?.id ?? null };
  }
  return place;
}
