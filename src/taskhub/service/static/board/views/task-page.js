import { connection } from "../core/connection.js";
import { ago, dateAndTime } from "../core/dates.js";
import { h } from "../core/dom.js";
import { ConnectionLost, Refused } from "../core/http.js";
import { address, router } from "../core/router.js";
import { View } from "../core/view.js";
import { failed, loading, missing } from "./parts.js";
import { taskFields } from "./task-fields.js";
import { restoreTask, trashTask } from "./task-actions.js";
import "./edit-text.js";
import "./task-comments.js";
import "./task-description.js";
import "./task-history.js";
import "./task-links.js";

/** A task with all that belongs to it. */
class TaskPage extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** The key or the id of the task. */
  of = "";
  /** @type {any} */
  #error = null;
  #id = "";

  connected() {
    this.follow(this.workspace);
    this.#load();
  }

  /** @returns {Promise<void>} */
  async #load() {
    try {
      this.#error = null;
      const task = await this.workspace.get(`tasks/${encodeURIComponent(this.of)}`, { deleted: true });
      this.#id = task.id;
      this.workspace.take("task", task);
    } catch (error) {
      if (error instanceof ConnectionLost && this.isConnected) {
        await connection.pause();
        if (this.isConnected) return this.#load();
      }
      this.#error = error;
    }
    this.update();
  }

  render() {
    const { workspace } = this;
    const task = this.#id ? workspace.thing("task", this.#id) : workspace.task(this.of);
    if (!task) {
      if (this.#error instanceof Refused && this.#error.status === 404) return this.#missing();
      return h("main", { id: "main", class: "middle" }, this.#error ? failed(this.#error, () => this.#load()) : loading("Loading the task"));
    }
    this.#showKey(task);
    const project = workspace.project(task.project_id);
    const may = workspace.may("member") && !project?.archived_at && !task.deleted_at;
    document.title = `${task.key} ${task.title} · TaskHub`;
    return h(
      "main",
      { id: "main", class: "task" },
      this.#trail(task, project),
      task.deleted_at && this.#trashed(task),
      h("edit-text", {
        class: "is-heading", label: "Title", text: task.title, level: 1, may, base: task,
        save: (/** @type {string} */ title, /** @type {any} */ base) => workspace.edit("task", `tasks/${task.id}`, base, { title }),
      }),
      h(
        "div",
        { class: "task-columns" },
        h(
          "div",
          { class: "task-main" },
          h("task-description", { workspace, task, may }),
          h("task-links", { workspace, task, may }),
          h("task-comments", { workspace, task, may }),
          h("task-history", { workspace, task }),
        ),
        h(
          "aside",
          { class: "task-side", "aria-label": "Fields" },
          taskFields(workspace, task, may),
          h("p", { class: "muted small" }, `Created by ${workspace.nameOf(task.created_by_id)}, `, h("time", { datetime: task.created_at, title: dateAndTime(task.created_at) }, ago(task.created_at))),
          may && h("button", { type: "button", class: "danger", onclick: () => this.#trash(task, project) }, "Move to trash"),
        ),
      ),
    );
  }

  /** @param {import("../core/types.js").Task} task A task that moved to another project has another key. */
  #showKey(task) {
    if (task.key && task.key !== this.of) router.go(address(this.workspace.id, "tasks", task.key), { replaces: true });
  }

  /**
   * @param {import("../core/types.js").Task} task
   * @param {import("../core/types.js").Project | undefined} project
   */
  #trail(task, project) {
    const parent = task.parent_id ? this.workspace.thing("task", task.parent_id) : null;
    return h(
      "nav",
      { class: "trail", "aria-label": "Where this is" },
      project && h("a", { href: address(this.workspace.id, "projects", project.key) }, project.name),
      parent && [h("span", { "aria-hidden": "true" }, "›"), h("a", { href: address(this.workspace.id, "tasks", parent.key) }, `${parent.key} ${parent.title}`)],
      h("span", { "aria-hidden": "true" }, "›"),
      h("span", { class: "key" }, task.key),
    );
  }

  /** @param {import("../core/types.js").Task} task */
  #trashed(task) {
    return h(
      "p",
      { class: "note", role: "status" },
      "This task is in the trash. ",
      this.workspace.may("member") && h("button", { type: "button", onclick: () => restoreTask(this.workspace, task) }, "Restore"),
    );
  }

  #missing() {
    return missing(`There is no task ${this.of}`, h("a", { href: address(this.workspace.id) }, "To the projects"));
  }

  /**
   * @param {import("../core/types.js").Task} task
   * @param {import("../core/types.js").Project | undefined} project
   */
  async #trash(task, project) {
    if ((await trashTask(this.workspace, task)) && project && this.isConnected) router.go(address(this.workspace.id, "projects", project.key));
  }
}

customElements.define("task-page", TaskPage);
