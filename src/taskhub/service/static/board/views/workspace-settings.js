import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { View } from "../core/view.js";
import { timeZones } from "./account-page.js";
import { field, heading, submitted } from "./parts.js";

/** Name and time zone of the workspace, and its end. */
class WorkspaceSettings extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").WorkspaceInfo | null} As it was when its fields began to be changed. */
  #begun = null;

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const info = this.#begun ?? this.workspace.info;
    if (!this.workspace.may("admin")) {
      return h("main", { id: "main", class: "narrow" }, heading("Settings"), h("p", {}, `${info.name}, time zone ${info.time_zone}. Admins can change this.`));
    }
    return h(
      "main",
      { id: "main", class: "narrow" },
      heading("Settings"),
      h(
        "form",
        {
          class: "card-form", oninput: () => (this.#begun ??= this.workspace.info),
          onsubmit: (/** @type {SubmitEvent} */ event) => this.#save(event, info),
        },
        field("Name", h("input", { id: "name", name: "name", required: true, maxlength: "200", value: info.name })),
        field("Time zone", timeZones(info.time_zone), { hint: "In which the days of due dates begin." }),
        h("button", { class: "primary" }, "Save"),
      ),
      this.workspace.may("owner") &&
        h(
          "div",
          { class: "card-form" },
          h("h2", {}, "Delete the workspace"),
          h("p", { class: "muted" }, "It is gone for everybody at once. For 30 days an operator can restore it."),
          h("button", { type: "button", class: "danger", onclick: () => this.#remove() }, "Delete workspace"),
        ),
    );
  }

  /**
   * @param {SubmitEvent} event
   * @param {import("../core/types.js").WorkspaceInfo} info
   */
  async #save(event, info) {
    this.#begun = null;
    try {
      const change = { method: "PATCH", path: "", body: submitted(event), kind: "workspace", thing: info.id, base: info };
      this.workspace.info = await this.workspace.now(change);
      this.workspace.changed();
    } catch (/** @type {any} */ error) {
      if (error.status !== 412) return notices.failed(error);
      this.workspace.info = await this.workspace.get("");
      this.workspace.changed();
      notices.tell("The settings were changed by somebody else meanwhile: look at them and save again.", { is_error: true });
    }
  }

  async #remove() {
    const { info } = this.workspace;
    if (!confirm(`Delete ${info.name} with all its projects?`)) return;
    try {
      await this.workspace.now({ method: "DELETE", path: "", base: info, can_undo: false });
      router.go(address());
    } catch (error) {
      notices.failed(error);
    }
  }
}

customElements.define("workspace-settings", WorkspaceSettings);
