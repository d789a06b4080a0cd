import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { address, router } from "../core/router.js";
import { View } from "../core/view.js";
import { avatar, dueMark, empty, labelChip, PRIORITIES, priorityMark, select, statusMark } from "./parts.js";
import { editTask, newTask, setStatus } from "./task-actions.js";

const COLUMNS = [
  ["key", "Key"],
  ["", "Title"],
  ["", "Status"],
  ["priority", "Priority"],
  ["", "Assignees"],
  ["due", "Due"],
];

/** Tasks as a list, in the order that its reader chooses. */
class TaskTable extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Project | null} All projects where there is none. */
  project = null;
  /** @type {import("../core/task-list.js").TaskList} */
  list;

  connected() {
    this.follow(this.workspace);
    this.follow(this.list);
  }

  render() {
    const { tasks } = this.list;
    const may_add = this.project && this.workspace.may("member") && !this.project.archived_at;
    return [
      tasks.length === 0
        ? empty("No tasks", h("p", {}, may_add ? "Write the first one below." : "Nothing is assigned to you, or nothing was found."))
        : h(
            "table",
            { class: "tasks" },
            h("caption", { class: "unseen" }, `${tasks.length} tasks`),
            h("thead", {}, h("tr", {}, COLUMNS.map(([sort, name]) => columnHead(sort, name)))),
            h("tbody", {}, tasks.map((task) => this.#row(task))),
          ),
      may_add &&
        h("input", {
          class: "new-task below", "aria-label": "New task", placeholder: "New task: write a title and press Enter", maxlength: "500",
          onkeydown: (/** @type {KeyboardEvent} */ event) => this.#newKey(event),
        }),
    ];
  }

  /** @param {import("../core/types.js").Task} task */
  #row(task) {
    const { workspace } = this;
    const project = workspace.project(task.project_id);
    const may = workspace.may("member") && project && !project.archived_at;
    const status = project?.workflow.statuses.find((one) => one.key === task.status);
    return h(
      "tr",
      { key: task.id, class: task.closed_at ? "is-closed" : "" },
      h("td", {}, h("span", { class: "key" }, task.key ?? "…")),
      h(
        "th",
        { scope: "row" },
        h("a", { href: address(workspace.id, "tasks", task.key ?? task.id) }, task.title),
        " ",
        task.label_ids.map((id) => workspace.thing("label", id)).filter(Boolean).map(labelChip),
      ),
      h(
        "td",
        {},
        may && status
          ? select(project.workflow.statuses.map((one) => [one.key, one.name]), task.status, {
              "aria-label": `Status of ${task.key}`, class: "bare", onchange: (/** @type {any} */ event) => setStatus(workspace, task, event.target.value),
            })
          : status && statusMark(status),
      ),
      h(
        "td",
        {},
        may
          ? select(Object.entries(PRIORITIES), task.priority, {
              "aria-label": `Priority of ${task.key}`, class: "bare",
              onchange: (/** @type {any} */ event) => editTask(workspace, task, { priority: event.target.value }),
            })
          : priorityMark(task.priority),
      ),
      h("td", {}, h("span", { class: "people" }, task.assignee_ids.map((id) => avatar(workspace.nameOf(id), id)))),
      h("td", {}, dueMark(task)),
    );
  }

  /** @param {KeyboardEvent} event */
  #newKey(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const title = input.value.trim();
    if (event.key !== "Enter" || event.isComposing || !title || !this.project) return;
    const id = newId();
    this.list.add(id);
    newTask(this.workspace, this.project, { id, title });
    input.value = "";
  }
}

/**
 * @param {string} sort
 * @param {string} name
 */
function columnHead(sort, name) {
  if (!sort) return h("th", { scope: "col" }, name);
  const current = router.query.get("sort") ?? "";
  const is_up = current === sort;
  const is_down = current === `-${sort}`;
  const turn = () => {
    const query = router.query;
    query.set("sort", is_up ? `-${sort}` : sort);
    router.search(query);
  };
  return h(
    "th",
    { scope: "col", "aria-sort": is_up ? "ascending" : is_down ? "descending" : null },
    h("button", { type: "button", class: "link", onclick: turn }, name, is_up ? " ↑" : is_down ? " ↓" : ""),
  );
}

customElements.define("task-table", TaskTable);
