import { h } from "../core/dom.js";
import { isFiltered, queryOf, sortOf } from "../core/filters.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { TaskList } from "../core/task-list.js";
import { View } from "../core/view.js";
import { filterBar } from "./filter-bar.js";
import { empty, failed, heading, loading, missing } from "./parts.js";
import "./edit-text.js";
import "./task-board.js";
import "./task-table.js";

/** The tasks of a project, or of all of them, as the address filters them: as a board or as a list. */
class ProjectPage extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** The key of a project. Empty: all projects. */
  of = "";
  /** @type {TaskList | null} */
  #list = null;
  /** @type {() => void} */
  #unsubscribe = () => {};
  #asked = "";

  connected() {
    this.#asked = "";
    this.follow(this.workspace);
    this.follow(router);
  }

  disconnected() {
    this.#unsubscribe();
    this.#list?.close();
  }

  get #is_board() {
    return this.of !== "" && router.query.get("view") !== "list";
  }

  render() {
    const project = this.of ? this.workspace.project(this.of) : null;
    if (this.of && !project) {
      return missing("There is no such project", h("p", {}, "It may be in the trash."), h("a", { href: address(this.workspace.id) }, "To the projects"));
    }
    const list = this.#current(project ?? null);
    return h(
      "main",
      { id: "main", class: this.#is_board ? "wide" : "middle" },
      this.#head(project ?? null),
      filterBar(this.workspace, project ?? null),
      list.error && list.is_loaded && h("p", { class: "note", role: "status" }, `Not up to date: ${list.error.message}`),
      this.#content(list, project ?? null),
      list.has_more &&
        h("p", { class: "more" }, `The first ${list.ids.length} tasks are shown. `, h("button", { type: "button", onclick: () => list.more() }, "Load more")),
    );
  }

  /** @param {import("../core/types.js").Project | null} project */
  #head(project) {
    if (!project) return heading(router.query.get("assignee_id") === "me" ? "My tasks" : "Tasks");
    document.title = `${project.name} · TaskHub`;
    return h(
      "header",
      { class: "page-head" },
      h("span", { class: "key" }, project.key),
      h("edit-text", {
        class: "is-heading", label: "Name of the project", text: project.name, level: 1, may: this.workspace.may("member"),
        save: (/** @type {string} */ name, /** @type {any} */ base) => this.workspace.edit("project", `projects/${project.id}`, base, { name }), base: project,
      }),
      project.archived_at && h("span", { class: "note" }, "Archived: its tasks can't be changed."),
      h("span", { class: "grow" }),
      h(
        "nav",
        { class: "tabs", "aria-label": "View" },
        this.#tab("board", "Board"),
        this.#tab("list", "List"),
        h("a", { href: address(this.workspace.id, "projects", project.key, "settings") }, "Settings"),
      ),
    );
  }

  /**
   * @param {string} view
   * @param {string} name
   */
  #tab(view, name) {
    const query = router.query;
    if (view === "list") query.set("view", "list");
    else query.delete("view");
    const text = query.toString();
    const is_current = (view === "board") === this.#is_board;
    return h("a", { href: location.pathname + (text && `?${text}`), "aria-current": is_current ? "page" : null }, name);
  }

  /**
   * @param {TaskList} list
   * @param {import("../core/types.js").Project | null} project
   */
  #content(list, project) {
    if (!list.is_loaded) return list.error ? failed(list.error, () => this.#again()) : loading("Loading tasks");
    if (list.tasks.length === 0 && isFiltered(router.query)) {
      return empty("No task matches", h("button", { type: "button", onclick: clearFilters }, "Show all tasks"));
    }
    if (this.#is_board) return h("task-board", { workspace: this.workspace, project, list });
    return h("task-table", { workspace: this.workspace, project, list });
  }

  #again() {
    this.#asked = "";
    this.update();
  }

  /** @param {import("../core/types.js").Project | null} project */
  #current(project) {
    const sort = this.#is_board ? "rank" : sortOf(router.query, project ? "rank" : "-updated_at");
    const query = { ...(project ? { project_id: project.id } : {}), ...queryOf(router.query), sort };
    const asked = JSON.stringify({ ...query, due_before: router.query.get("due") });
    if (this.#list && asked === this.#asked) return this.#list;
    this.#asked = asked;
    this.#unsubscribe();
    this.#list?.close();
    this.#list = new TaskList(this.workspace, query, isFiltered(router.query) || sort !== "rank");
    this.#unsubscribe = this.#list.subscribe(() => this.update());
    return this.#list;
  }
}

function clearFilters() {
  const query = new URLSearchParams();
  if (router.query.get("view")) query.set("view", "list");
  router.search(query);
  notices.say("All tasks are shown.");
}

customElements.define("project-page", ProjectPage);
