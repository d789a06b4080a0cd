import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";
import { empty, field, heading, labelChip, submitted } from "./parts.js";

/** @typedef {import("../core/types.js").Label} Label */

/** The labels of the workspace. */
class LabelsPage extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const { workspace } = this;
    const { labels } = workspace;
    return h(
      "main",
      { id: "main", class: "middle" },
      heading("Labels"),
      labels.length === 0 ? empty("No label yet", h("p", {}, "Labels group tasks of all projects.")) : h("ul", { class: "rows" }, labels.map((label) => this.#row(label))),
      workspace.may("member") &&
        h(
          "form",
          { class: "card-form row", onsubmit: (/** @type {SubmitEvent} */ event) => this.#create(event) },
          field("New label", h("input", { id: "label-name", name: "name", required: true, maxlength: "100" })),
          field("Colour", h("input", { id: "label-color", name: "color", type: "color", value: "#3b82f6" })),
          h("button", { class: "primary" }, "Create label"),
        ),
    );
  }

  /** @param {Label} label */
  #row(label) {
    const may = this.workspace.may("member");
    return h(
      "li",
      { key: label.id },
      may
        ? [
            h("input", { type: "color", "aria-label": `Colour of ${label.name}`, value: label.color, onchange: (/** @type {any} */ event) => this.#change(label, { color: event.target.value }) }),
            h("input", { "aria-label": `Name of ${label.name}`, value: label.name, maxlength: "100", onchange: (/** @type {any} */ event) => this.#change(label, { name: event.target.value.trim() }) }),
          ]
        : labelChip(label),
      h("span", { class: "grow" }),
      this.workspace.may("admin") && h("button", { type: "button", onclick: () => this.#remove(label) }, "Delete", h("span", { class: "unseen" }, ` ${label.name}`)),
    );
  }

  /** @param {SubmitEvent} event */
  async #create(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const body = { id: newId(), ...submitted(event) };
    /** @type {HTMLInputElement} */ (form.elements.namedItem("name")).value = "";
    this.workspace.create("label", "labels", body, {}).catch((error) => notices.failed(error));
  }

  /**
   * @param {Label} label
   * @param {Record<string, string>} patch
   */
  #change(label, patch) {
    this.workspace.edit("label", `labels/${label.id}`, label, patch).catch((error) => notices.failed(error));
  }

  /** @param {Label} label */
  #remove(label) {
    if (!confirm(`Delete the label ${label.name}? It comes off all its tasks.`)) return;
    this.workspace.act("label", label, { method: "DELETE", path: `labels/${label.id}` }).catch((error) => notices.failed(error));
  }
}

customElements.define("labels-page", LabelsPage);
