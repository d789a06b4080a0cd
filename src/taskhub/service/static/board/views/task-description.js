import { h } from "../core/dom.js";
import { markdown, withBoxTurned } from "../core/markdown.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";
import { contextOf, withIds, withNames } from "./mentions.js";

/** The description of a task: shown as Markdown, written as text. */
class TaskDescription extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Task} */
  task;
  may = false;
  /** @type {import("../core/types.js").Task | null} The task as it was when writing began. */
  #begun = null;
  #text = "";

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const { task, workspace } = this;
    if (this.#begun) return this.#form();
    return h(
      "section",
      { "aria-labelledby": "description-title" },
      h(
        "div",
        { class: "section-head" },
        h("h2", { id: "description-title" }, "Description"),
        this.may && h("button", { type: "button", class: "quiet", id: "edit-description", onclick: () => this.#begin() }, task.description ? "Edit" : "Add"),
      ),
      task.description ? h("div", { class: "markdown" }, markdown(task.description, contextOf(workspace), this.may ? (line) => this.#turn(task, line) : undefined)) : h("p", { class: "muted" }, "No description."),
    );
  }

  #form() {
    return h(
      "form",
      { key: "form", onsubmit: (/** @type {Event} */ event) => this.#save(event) },
      h("label", { for: "description", class: "section-head" }, h("h2", {}, "Description")),
      h("textarea", {
        id: "description", rows: "12", maxlength: "100000", value: this.#text,
        ref: (/** @type {HTMLElement} */ area) => setTimeout(() => area.focus()),
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key === "Escape") this.#end();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) /** @type {any} */ (event.target).form.requestSubmit();
        },
      }),
      h("p", { class: "hint" }, "Markdown: **bold**, *italic*, `code`, lists, links. Ctrl+Enter saves."),
      h("div", { class: "buttons" }, h("button", { class: "primary" }, "Save"), h("button", { type: "button", onclick: () => this.#end() }, "Cancel")),
    );
  }

  #begin() {
    this.#begun = this.task;
    this.#text = withNames(this.workspace, this.task.description ?? "");
    this.update();
  }

  /**
   * @param {import("../core/types.js").Task} task
   * @param {number} line
   */
  #turn(task, line) {
    const description = withBoxTurned(task.description ?? "", line);
    this.workspace.edit("task", `tasks/${task.id}`, task, { description }).catch((error) => notices.failed(error));
  }

  /** @param {Event} event */
  #save(event) {
    event.preventDefault();
    const base = this.#begun;
    const area = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
    this.#end();
    if (!base) return;
    const description = withIds(this.workspace, area.value) || null;
    if (description === base.description) return;
    this.workspace.edit("task", `tasks/${base.id}`, base, { description }).catch((error) => notices.failed(error));
  }

  #end() {
    this.#begun = null;
    this.update();
    setTimeout(() => /** @type {HTMLElement | null} */ (this.querySelector("#edit-description"))?.focus());
  }
}

customElements.define("task-description", TaskDescription);
