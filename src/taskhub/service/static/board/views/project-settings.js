import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { View } from "../core/view.js";
import { field, heading, missing, submitted } from "./parts.js";
import "./workflow-editor.js";

/** Name, description, workflow and end of a project. */
class ProjectSettings extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  of = "";
  /** @type {import("../core/types.js").Project | null} The project as it was when its fields began to be changed. */
  #begun = null;

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const { workspace } = this;
    const project = workspace.project(this.of);
    if (!project) return missing("There is no such project", h("a", { href: address(workspace.id) }, "To the projects"));
    const back = h("a", { href: address(workspace.id, "projects", project.key) }, "Back to the board");
    if (!workspace.may("member")) return h("main", { id: "main", class: "narrow" }, heading(project.name, back), h("p", {}, "Members can change the settings."));
    return h(
      "main",
      { id: "main", class: "middle" },
      heading(`Settings of ${project.name}`, back),
      h(
        "form",
        {
          class: "card-form", oninput: () => (this.#begun ??= project),
          onsubmit: (/** @type {SubmitEvent} */ event) => this.#save(event, this.#begun ?? project),
        },
        field("Name", h("input", { id: "name", name: "name", required: true, maxlength: "200", value: (this.#begun ?? project).name })),
        field("Description", h("textarea", { id: "description", name: "description", rows: "3", value: (this.#begun ?? project).description ?? "" })),
        h("button", { class: "primary" }, "Save"),
      ),
      h("workflow-editor", { workspace, project }),
      workspace.may("admin") &&
        h(
          "div",
          { class: "card-form" },
          h("h2", {}, "Put away"),
          h("p", { class: "muted" }, "An archived project stays readable. What is in the trash can be restored for 30 days."),
          h(
            "div",
            { class: "buttons" },
            h("button", { type: "button", onclick: () => this.#act(project, project.archived_at ? "unarchive" : "archive") }, project.archived_at ? "Bring back from the archive" : "Archive"),
            h("button", { type: "button", class: "danger", onclick: () => this.#trash(project) }, "Move to trash"),
          ),
        ),
    );
  }

  /**
   * @param {SubmitEvent} event
   * @param {import("../core/types.js").Project} project
   */
  #save(event, project) {
    const { name, description } = submitted(event);
    this.#begun = null;
    const wanted = { name: name.trim(), description: description.trim() || null };
    const patch = Object.fromEntries(Object.entries(wanted).filter(([field, value]) => value !== project[field]));
    if (Object.keys(patch).length === 0) return;
    this.workspace.edit("project", `projects/${project.id}`, project, patch).catch((error) => notices.failed(error));
  }

  /**
   * @param {import("../core/types.js").Project} project
   * @param {string} verb
   */
  #act(project, verb) {
    this.workspace.act("project", project, { method: "POST", path: `projects/${project.id}/${verb}` }).catch((error) => notices.failed(error));
  }

  /** @param {import("../core/types.js").Project} project */
  async #trash(project) {
    if (!confirm(`Move ${project.name} with all its tasks to the trash?`)) return;
    try {
      await this.workspace.act("project", project, { method: "DELETE", path: `projects/${project.id}` });
      router.go(address(this.workspace.id));
    } catch (error) {
      notices.failed(error);
    }
  }
}

customElements.define("project-settings", ProjectSettings);
