import { notices } from "../core/notices.js";

/**
 * @typedef {import("../core/workspace.js").Workspace} Workspace
 * @typedef {import("../core/types.js").Task} Task
 */

/**
 * @param {Workspace} workspace
 * @param {import("../core/types.js").Project} project
 * @param {{id: string, title: string, status?: string, parent_id?: string}} task
 */
export function newTask(workspace, project, task) {
  const status = task.status ?? project.workflow.statuses[0].key;
  const category = project.workflow.statuses.find((one) => one.key === status)?.category;
  const overlay = {
    status, status_category: category, priority: "none", assignee_ids: [], label_ids: [], blocked_by_ids: [], due: null, due_at: null, closed_at: null,
    deleted_at: null, parent_id: null, key: null, ...task,
  };
  const body = { project_id: project.id, ...task };
  return workspace.create("task", "tasks", body, overlay).catch((error) => notices.failed(error));
}

/**
 * Moves a task to the trash.
 *
 * @param {Workspace} workspace
 * @param {Task} task
 * @returns {Promise<boolean>} Whether it is there.
 */
export async function trashTask(workspace, task) {
  try {
    const overlay = { deleted_at: new Date().toISOString() };
    await workspace.act("task", task, { method: "DELETE", path: `tasks/${task.id}`, overlay });
    return true;
  } catch (error) {
    notices.failed(error);
    return false;
  }
}

/**
 * @param {Workspace} workspace
 * @param {{id: string, key: string}} task
 */
export async function restoreTask(workspace, task) {
  try {
    await workspace.writes.add({ method: "POST", path: `tasks/${task.id}/restore`, kind: "task", thing: task.id, fields: [] });
    return true;
  } catch (error) {
    notices.failed(error);
    return false;
  }
}

/**
 * @param {Workspace} workspace
 * @param {Task} task
 * @param {Record<string, any>} patch
 * @param {Record<string, any>} [overlay]
 */
export function editTask(workspace, task, patch, overlay) {
  return workspace.edit("task", `tasks/${task.id}`, task, patch, overlay).catch((error) => notices.failed(error));
}

/**
 * Adds or takes away a member, a label or a blocker. Two who do that at the same time don't overwrite each other.
 *
 * @param {Workspace} workspace
 * @param {Task} task
 * @param {"assignees" | "labels" | "blockers"} what
 * @param {string} id
 * @param {boolean} is_on
 */
export function link(workspace, task, what, id, is_on) {
  const field = /** @type {const} */ ({ assignees: "assignee_ids", labels: "label_ids", blockers: "blocked_by_ids" })[what];
  const others = task[field].filter((/** @type {string} */ other) => other !== id);
  const overlay = { [field]: is_on ? [...others, id] : others };
  const path = `tasks/${task.id}/${what}/${encodeURIComponent(id)}`;
  return workspace.act("task", task, { method: is_on ? "PUT" : "DELETE", path, overlay }).catch((error) => notices.failed(error));
}

/**
 * @param {Workspace} workspace
 * @param {Task} task
 * @param {string} status
 */
export function setStatus(workspace, task, status) {
  const found = workspace.project(task.project_id)?.workflow.statuses.find((one) => one.key === status);
  return editTask(workspace, task, { status }, { status_category: found?.category });
}

/**
 * Moves a task, with its subtasks, to the end of another project. A status that is unknown there becomes the first one that means the same.
 *
 * @param {Workspace} workspace
 * @param {Task} task
 * @param {import("../core/types.js").Project} project
 */
export function moveToProject(workspace, task, project) {
  const { statuses } = project.workflow;
  const status = statuses.find((one) => one.key === task.status) ?? statuses.find((one) => one.category === task.status_category) ?? statuses[0];
  const body = { to: "last", project_id: project.id, status: status.key };
  const overlay = { project_id: project.id, parent_id: null, status: status.key, status_category: status.category };
  const action = { method: "POST", path: `tasks/${task.id}/move`, body, overlay, fields: ["project_id"] };
  return workspace.act("task", task, action).catch((error) => notices.failed(error));
}
