import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { notices } from "../core/notices.js";
import { address } from "../core/router.js";
import { TaskList } from "../core/task-list.js";
import { View } from "../core/view.js";
import { statusMark } from "./parts.js";
import { link, newTask } from "./task-actions.js";

/** @typedef {import("../core/types.js").Task} Task */

const MOST_CHOICES = 200;

/** The subtasks of a task, and what blocks it. */
class TaskLinks extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {Task} */
  task;
  may = false;
  /** @type {TaskList | null} */
  #subtasks = null;
  /** @type {Set<string>} Tasks that were asked for, because they are named here and not known. */
  #asked = new Set();
  #adds_subtask = false;

  connected() {
    this.follow(this.workspace);
    this.#subtasks = new TaskList(this.workspace, { parent_id: this.task.id, sort: "rank" }, true);
    this.follow(this.#subtasks);
    this.ending(() => this.#subtasks?.close());
  }

  render() {
    const subtasks = this.#subtasks?.tasks ?? [];
    const blockers = this.task.blocked_by_ids.map((id) => this.#known(id)).filter(Boolean);
    if (this.task.parent_id) this.#known(this.task.parent_id);
    return [
      h(
        "section",
        { key: "subtasks", "aria-labelledby": "subtasks-title" },
        h(
          "div",
          { class: "section-head" },
          h("h2", { id: "subtasks-title" }, "Subtasks"),
          subtasks.length > 0 && h("span", { class: "muted" }, `${subtasks.filter((task) => task.closed_at).length} of ${subtasks.length} closed`),
        ),
        subtasks.length === 0 && !this.may && h("p", { class: "muted" }, "None."),
        h("ul", { class: "linked" }, subtasks.map((task) => this.#row(task))),
        this.may && this.#newSubtask(),
      ),
      h(
        "section",
        { key: "blockers", "aria-labelledby": "blockers-title" },
        h("div", { class: "section-head" }, h("h2", { id: "blockers-title" }, "Blocked by")),
        blockers.length === 0 && h("p", { class: "muted" }, this.task.blocked_by_ids.length > 0 ? "Loading…" : "Nothing."),
        h("ul", { class: "linked" }, blockers.map((task) => this.#row(task, () => link(this.workspace, this.task, "blockers", task.id, false)))),
        this.may && this.#newBlocker(),
      ),
    ];
  }

  /**
   * @param {Task} task
   * @param {() => void} [remove]
   */
  #row(task, remove) {
    const status = this.workspace.project(task.project_id)?.workflow.statuses.find((one) => one.key === task.status);
    return h(
      "li",
      { key: task.id, class: task.closed_at ? "is-closed" : "" },
      h("span", { class: "key" }, task.key ?? "…"),
      h("a", { href: address(this.workspace.id, "tasks", task.key ?? task.id) }, task.title),
      task.deleted_at && h("span", { class: "muted" }, "in the trash"),
      h("span", { class: "grow" }),
      status && statusMark(status),
      remove && this.may && h("button", { type: "button", class: "quiet", "aria-label": `${task.key} does not block any more`, onclick: remove }, "✕"),
    );
  }

  #newSubtask() {
    if (!this.#adds_subtask) return h("button", { key: "add", type: "button", class: "quiet add", onclick: () => this.#add(true) }, "+ Add subtask");
    return h("input", {
      key: "new", "aria-label": "New subtask", placeholder: "What is to be done?", maxlength: "500", class: "new-task",
      ref: (/** @type {HTMLElement} */ input) => setTimeout(() => input.focus()),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#subtaskKey(event), onblur: (/** @type {any} */ event) => event.target.value || this.#add(false),
    });
  }

  /** @param {boolean} is_on */
  #add(is_on) {
    this.#adds_subtask = is_on;
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #subtaskKey(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Escape") this.#add(false);
    const project = this.workspace.project(this.task.project_id);
    if (event.key !== "Enter" || event.isComposing || !input.value.trim() || !project) return;
    const id = newId();
    this.#subtasks?.add(id);
    newTask(this.workspace, project, { id, title: input.value.trim(), parent_id: this.task.id });
    input.value = "";
  }

  #newBlocker() {
    return h(
      "form",
      { class: "inline-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#block(event) },
      h("input", { name: "key", "aria-label": "Key of a task that blocks this one", placeholder: "Key, such as OPS-12", list: "known-tasks", pattern: "\\s*[A-Za-z][A-Za-z0-9]{1,9}-[0-9]+\\s*", required: true, autocomplete: "off" }),
      h("datalist", { id: "known-tasks" }, this.#choices().map((task) => h("option", { key: task.id, value: task.key }, task.title))),
      h("button", {}, "Add blocker"),
    );
  }

  /** Open tasks of the same project that this page has seen, to choose from. */
  #choices() {
    const { id, project_id, blocked_by_ids } = this.task;
    const others = this.workspace.tasks.filter((task) => task.project_id === project_id && task.key && task.id !== id);
    return others.filter((task) => !task.closed_at && !task.deleted_at && !blocked_by_ids.includes(task.id)).slice(0, MOST_CHOICES);
  }

  /** @param {SubmitEvent} event */
  async #block(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const key = String(new FormData(form).get("key")).trim().toUpperCase();
    try {
      const blocker = await this.workspace.get(`tasks/${key}`);
      this.workspace.take("task", blocker);
      form.reset();
      await link(this.workspace, this.task, "blockers", blocker.id, true);
    } catch (/** @type {any} */ error) {
      if (error.status === 404) notices.tell(`There is no task ${key}.`, { is_error: true });
      else notices.failed(error);
    }
  }

  /** @param {string} id */
  #known(id) {
    const task = this.workspace.thing("task", id);
    if (!task && !this.#asked.has(id)) {
      this.#asked.add(id);
      this.workspace.get(`tasks/${id}`, { deleted: true }).then((found) => {
        this.workspace.take("task", found);
        this.workspace.changed();
      }, () => {});
    }
    return task;
  }
}

customElements.define("task-links", TaskLinks);
