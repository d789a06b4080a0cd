import { ago, dateAndTime } from "../core/dates.js";
import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";
import { empty, failed, heading, loading } from "./parts.js";
import { restoreTask } from "./task-actions.js";

const PAGE = 200;

/** Tasks and projects that were moved to the trash: they can come back for 30 days. */
class TrashPage extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {{projects: any[], tasks: any[], has_more: boolean} | null} */
  #trash = null;
  /** @type {Error | null} */
  #error = null;

  connected() {
    this.ending(this.workspace.onChange((change) => ["task", "project"].includes(change.entity_type) && this.#load()));
    this.#load();
  }

  async #load() {
    try {
      this.#error = null;
      const [projects, tasks] = await Promise.all([
        this.workspace.all("projects", { deleted: true }),
        this.workspace.get("tasks", { deleted: true, limit: PAGE, sort: "-updated_at" }),
      ]);
      const thrown = (/** @type {any} */ thing) => thing.deleted_at !== null;
      this.#trash = { projects: projects.filter(thrown), tasks: tasks.items.filter(thrown), has_more: tasks.next_cursor !== null };
    } catch (error) {
      this.#error = /** @type {Error} */ (error);
    }
    this.update();
  }

  render() {
    return h("main", { id: "main", class: "middle" }, heading("Trash"), this.#content());
  }

  #content() {
    if (this.#error) return failed(this.#error, () => this.#load());
    if (!this.#trash) return loading();
    const { projects, tasks, has_more } = this.#trash;
    if (projects.length + tasks.length === 0) return empty("The trash is empty", h("p", {}, "What is moved here can be restored for 30 days."));
    const in_project = new Set(projects.map((project) => project.id));
    const single = tasks.filter((task) => !in_project.has(task.project_id));
    return [
      h("p", { class: "muted" }, "Each is removed for good 30 days after it came here."),
      h(
        "ul",
        { class: "rows" },
        projects.map((project) => this.#row(project, `Project ${project.name}`, this.workspace.may("admin"), () => this.#restoreProject(project))),
        single.map((task) => this.#row(task, task.title, this.workspace.may("member"), () => this.#restoreTask(task))),
      ),
      has_more && h("p", { class: "muted" }, `The last ${PAGE} tasks are shown.`),
    ];
  }

  /**
   * @param {any} thing
   * @param {string} name
   * @param {boolean} may
   * @param {() => void} restore
   */
  #row(thing, name, may, restore) {
    return h(
      "li",
      { key: thing.id },
      h("span", { class: "key" }, thing.key),
      h("span", { class: "who" }, h("strong", {}, name), h("time", { class: "muted", datetime: thing.deleted_at, title: dateAndTime(thing.deleted_at) }, ago(thing.deleted_at))),
      h("span", { class: "grow" }),
      may && h("button", { type: "button", onclick: restore }, "Restore", h("span", { class: "unseen" }, ` ${thing.key}`)),
    );
  }

  /** @param {any} task */
  async #restoreTask(task) {
    if (await restoreTask(this.workspace, task)) await this.#load();
  }

  /** @param {any} project */
  async #restoreProject(project) {
    try {
      await this.workspace.writes.add({ method: "POST", path: `projects/${project.id}/restore`, kind: "project", thing: project.id, fields: [] });
      await this.#load();
    } catch (error) {
      notices.failed(error);
    }
  }
}

customElements.define("trash-page", TrashPage);
