import { h } from "../core/dom.js";
import { field, select, submitted } from "./parts.js";
import { moveToProject } from "./task-actions.js";

/**
 * The project of a task, and the way to another one.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {boolean} may
 */
export function taskProject(workspace, task, may) {
  const others = workspace.projects.filter((project) => !project.archived_at && project.id !== task.project_id);
  return h(
    "div",
    { class: "field", role: "group", "aria-label": "Project" },
    h("span", { class: "field-name", "aria-hidden": "true" }, "Project"),
    h("p", {}, workspace.project(task.project_id)?.name ?? "…"),
    may && others.length > 0 && h("details", { key: task.project_id, class: "picker" }, h("summary", {}, "Move to another project"), form(workspace, task, others)),
  );
}

/**
 * A list that moves the task by itself would do so with each arrow key: hence the button.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {import("../core/types.js").Project[]} others
 */
function form(workspace, task, others) {
  const move = (/** @type {SubmitEvent} */ event) => {
    const project = workspace.project(submitted(event).project_id);
    if (project) moveToProject(workspace, task, project);
  };
  const names = others.map((project) => [project.id, `${project.name} (${project.key})`]);
  const hint = `It gets a new key there, and ${task.key} goes on leading to it. Its subtasks go along, and get its status where that project does not have theirs.`;
  return h("form", { onsubmit: move }, field("Other project", select(names, others[0].id, { id: "project", name: "project_id" }), { hint }), h("button", {}, "Move"));
}
