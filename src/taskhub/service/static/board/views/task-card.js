import { today } from "../core/dates.js";
import { h } from "../core/dom.js";
import { address } from "../core/router.js";
import { avatar, dueMark, labelChip, priorityMark } from "./parts.js";

/**
 * @typedef {object} CardState
 * @property {boolean} is_stop Whether Tab leads to it.
 * @property {boolean} is_moving
 * @property {string | null} edited The title as it was when it began to be written anew.
 * @property {boolean} may_edit
 * @property {() => void} focused
 * @property {() => void} edit
 * @property {(title: string | null) => void} save
 */

/**
 * What a card shows beside its task: it is drawn again when one of these is another.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 */
export function lookedAt(workspace, task) {
  return [
    today(), Boolean(task.due_at && Date.parse(task.due_at) < Date.now()), task.parent_id && workspace.thing("task", task.parent_id),
    ...(task.label_ids ?? []).map((id) => workspace.thing("label", id)),
    ...(task.assignee_ids ?? []).map((id) => workspace.nameOf(id)),
    ...(task.blocked_by_ids ?? []).map((id) => workspace.thing("task", id)),
  ];
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {CardState} state
 */
export function taskCard(workspace, task, state) {
  return h(
    "li",
    { key: task.id, class: cardClass(task, state), "data-card": task.id },
    part(workspace, task),
    state.edited !== null ? titleInput(task, state) : title(workspace, task, state),
    h(
      "div",
      { class: "card-marks" },
      h("span", { class: "key" }, task.key ?? "…"),
      priorityMark(task.priority),
      dueMark(task),
      isBlocked(workspace, task) && h("span", { class: "blocked" }, "Blocked"),
      (task.label_ids ?? []).map((id) => workspace.thing("label", id)).filter(Boolean).map(labelChip),
      h("span", { class: "grow" }),
      h("span", { class: "people" }, (task.assignee_ids ?? []).map((id) => avatar(workspace.nameOf(id), id))),
    ),
  );
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 */
function part(workspace, task) {
  const parent = task.parent_id ? workspace.thing("task", task.parent_id) : null;
  return parent && h("span", { key: "parent", class: "parent", title: `Subtask of ${parent.key} ${parent.title}` }, h("span", { class: "unseen" }, "Subtask of "), `↳ ${parent.title}`);
}

/**
 * @param {import("../core/types.js").Task} task
 * @param {CardState} state
 */
function cardClass(task, state) {
  return ["card", state.is_moving && "is-moving", task.closed_at && "is-closed", !task.version && "is-new"].filter(Boolean).join(" ");
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 * @param {CardState} state
 */
function title(workspace, task, state) {
  return h(
    "div",
    { key: "title", class: "card-head" },
    h("a", {
      class: "card-title", href: address(workspace.id, "tasks", task.key ?? task.id), draggable: "false", "data-task": task.id,
      tabindex: state.is_stop ? "0" : "-1", "aria-describedby": state.may_edit ? "card-keys" : null, onfocus: state.focused,
    }, task.title),
    state.may_edit &&
      h("button", {
        type: "button", class: "quiet pencil", tabindex: state.is_stop ? "0" : "-1", "aria-label": `Change the title of ${task.key ?? "the task"}`,
        onclick: state.edit,
      }, "✎"),
  );
}

/**
 * @param {import("../core/types.js").Task} task
 * @param {CardState} state
 */
function titleInput(task, state) {
  return h("textarea", {
    key: "input", class: "card-input", rows: "2", maxlength: "500", "aria-label": `Title of ${task.key}`, value: state.edited,
    ref: (/** @type {HTMLTextAreaElement} */ input) => setTimeout(() => (input.focus(), input.select())),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation();
      if (event.key === "Escape") state.save(null);
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        state.save(/** @type {HTMLTextAreaElement} */ (event.target).value);
      }
    },
    onblur: (/** @type {any} */ event) => state.save(event.target.value),
  });
}

/**
 * Whether it is known here that a blocker is open: one that was never read may be.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Task} task
 */
function isBlocked(workspace, task) {
  if (task.closed_at) return false;
  return (task.blocked_by_ids ?? []).some((id) => {
    const blocker = workspace.thing("task", id);
    return !blocker || (!blocker.closed_at && !blocker.deleted_at);
  });
}
