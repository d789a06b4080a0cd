import { dueAsEntered, dueFields, dueOf } from "../core/dates.js";
import { h } from "../core/dom.js";
import { session } from "../core/session.js";
import { isAllowed } from "../core/board-model.js";
import { avatar, dueMark, field, labelChip, PRIORITIES, select } from "./parts.js";
import { editTask, link, setStatus } from "./task-actions.js";
import { taskProject } from "./task-project.js";

/**
 * Status, priority, assignees, labels, due date and project of a task.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {boolean} may
 */
export function taskFields(workspace, task, may) {
  const workflow = workspace.project(task.project_id)?.workflow ?? { statuses: [{ key: task.status, name: task.status, category: task.status_category }], transitions: null };
  const statuses = workflow.statuses.filter((status) => isAllowed(workflow, task.status, status.key));
  return h(
    "div",
    { class: "fields" },
    field("Status", select(statuses.map((status) => [status.key, status.name]), task.status, {
      id: "status", disabled: !may, onchange: (/** @type {any} */ event) => setStatus(workspace, task, event.target.value),
    })),
    field("Priority", select(Object.entries(PRIORITIES), task.priority, {
      id: "priority", disabled: !may, onchange: (/** @type {any} */ event) => editTask(workspace, task, { priority: event.target.value }),
    })),
    assignees(workspace, task, may),
    labels(workspace, task, may),
    due(workspace, task, may),
    taskProject(workspace, task, may),
  );
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {boolean} may
 */
function assignees(workspace, task, may) {
  const chosen = task.assignee_ids.map((id) => h("li", { key: id }, avatar(workspace.nameOf(id), id), " ", workspace.nameOf(id)));
  const options = workspace.currentMembers.map((member) => ({ id: member.user_id, shown: member.name }));
  return picker("Assignees", chosen, "Nobody", options, task.assignee_ids, may, (id, is_on) => link(workspace, task, "assignees", id, is_on));
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {boolean} may
 */
function labels(workspace, task, may) {
  const chosen = task.label_ids.map((id) => workspace.thing("label", id)).filter(Boolean).map((label) => h("li", { key: label.id }, labelChip(label)));
  const options = workspace.labels.map((label) => ({ id: label.id, shown: labelChip(label) }));
  return picker("Labels", chosen, "None", options, task.label_ids, may, (id, is_on) => link(workspace, task, "labels", id, is_on));
}

/**
 * @param {string} name
 * @param {import("../core/dom.js").Child[]} chosen
 * @param {string} none
 * @param {{id: string, shown: import("../core/dom.js").Child}[]} options
 * @param {string[]} ids
 * @param {boolean} may
 * @param {(id: string, is_on: boolean) => void} change
 */
function picker(name, chosen, none, options, ids, may, change) {
  return h(
    "div",
    { class: "field", role: "group", "aria-label": name },
    h("span", { class: "field-name", "aria-hidden": "true" }, name),
    chosen.length > 0 ? h("ul", { class: "chosen" }, chosen) : h("p", { class: "muted" }, none),
    may &&
      h(
        "details",
        { class: "picker", onkeydown: closeOnEscape },
        h("summary", {}, "Change", h("span", { class: "unseen" }, ` ${name.toLowerCase()}`)),
        options.length === 0 && h("p", { class: "muted" }, "There is nothing to choose yet."),
        options.map(({ id, shown }) =>
          h("label", { key: id, class: "check" }, h("input", {
            type: "checkbox", checked: ids.includes(id), onchange: (/** @type {any} */ event) => change(id, event.target.checked),
          }), shown),
        ),
      ),
  );
}

/** @param {KeyboardEvent} event */
function closeOnEscape(event) {
  const details = /** @type {HTMLDetailsElement} */ (event.currentTarget);
  if (event.key !== "Escape" || !details.open) return;
  details.open = false;
  details.querySelector("summary")?.focus();
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {boolean} may
 */
function due(workspace, task, may) {
  const { date, time } = dueFields(task);
  const is_elsewhere = task.due?.time_zone && task.due.time_zone !== session.time_zone;
  const save = (/** @type {string} */ new_date, /** @type {string} */ new_time) => {
    if (new_date !== date || new_time !== time) editTask(workspace, task, { due: dueOf(new_date, new_time) }, { due_at: null });
  };
  return h(
    "div",
    { class: "field", role: "group", "aria-label": "Due" },
    h("span", { class: "field-name", "aria-hidden": "true" }, "Due"),
    h(
      "div",
      { class: "due-inputs" },
      h("input", { type: "date", "aria-label": "Due date", value: date, disabled: !may, onchange: (/** @type {any} */ event) => save(event.target.value, event.target.value ? time : "") }),
      h("input", { type: "time", "aria-label": "Due time", value: time, disabled: !may || !date, onchange: (/** @type {any} */ event) => save(date, event.target.value) }),
    ),
    task.due && h("p", { class: "small" }, dueMark(task), " ", h("span", { class: "muted" }, time ? session.time_zone : "all day")),
    is_elsewhere && h("p", { class: "muted small" }, `Entered as ${dueAsEntered(task.due)}`),
  );
}
