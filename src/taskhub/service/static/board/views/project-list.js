import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { View } from "../core/view.js";
import { empty, field, heading, submitted } from "./parts.js";

/** The projects of a workspace, and a form for another one. */
class ProjectList extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  #shows_archived = false;
  #key = "";
  #is_own_key = false;

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const { workspace } = this;
    const archived = workspace.projects.filter((project) => project.archived_at);
    const shown = this.#shows_archived ? workspace.projects : workspace.projects.filter((project) => !project.archived_at);
    return h(
      "main",
      { id: "main", class: "middle" },
      heading("Projects"),
      shown.length === 0
        ? empty("No project yet", h("p", {}, workspace.may("member") ? "A project is a board of tasks. Create the first one below." : "Nobody has created one."))
        : h("ul", { class: "tiles" }, shown.map((project) => tile(workspace, project))),
      archived.length > 0 &&
        h("label", { class: "check" }, h("input", { type: "checkbox", checked: this.#shows_archived, onchange: () => this.#toggle() }), `Show archived projects (${archived.length})`),
      workspace.may("member") && this.#form(),
    );
  }

  #form() {
    return h(
      "form",
      { class: "card-form row", onsubmit: (/** @type {SubmitEvent} */ event) => this.#create(event) },
      field("New project", h("input", {
        id: "project-name", name: "name", required: true, maxlength: "200", placeholder: "What is it about?",
        oninput: (/** @type {any} */ event) => this.#suggest(event.target.value),
      })),
      field("Key", h("input", {
        id: "project-key", name: "key", class: "key-input", required: true, maxlength: "10", pattern: "[A-Za-z][A-Za-z0-9]{1,9}", value: this.#key,
        title: "2 to 10 letters and digits, first a letter", oninput: () => (this.#is_own_key = true),
      })),
      h("button", { type: "submit", class: "primary" }, "Create project"),
    );
  }

  #toggle() {
    this.#shows_archived = !this.#shows_archived;
    this.update();
  }

  /** @param {string} name */
  #suggest(name) {
    if (this.#is_own_key) return;
    this.#key = name.normalize("NFKD").toUpperCase().replace(/[^A-Z0-9]/g, "").replace(/^[0-9]+/, "").slice(0, 4);
    this.update();
  }

  /** @param {SubmitEvent} event */
  async #create(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { name, key } = submitted(event);
    try {
      const body = { id: newId(), name, key: key.toUpperCase() };
      const project = await this.workspace.writes.add({ method: "POST", path: "projects", body, kind: "project", thing: body.id, fields: [] });
      form.reset();
      router.go(address(this.workspace.id, "projects", project.key));
    } catch (error) {
      notices.failed(error);
    }
  }
}

/**
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Project} project
 */
function tile(workspace, project) {
  return h(
    "li",
    { key: project.id },
    h(
      "a",
      { class: "tile", href: address(workspace.id, "projects", project.key) },
      h("span", { class: "key" }, project.key),
      h("strong", {}, project.name),
      project.description && h("span", { class: "muted clipped" }, project.description),
      project.archived_at && h("span", { class: "muted" }, "Archived"),
    ),
  );
}

customElements.define("project-list", ProjectList);
