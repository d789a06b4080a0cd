import { ago, dateAndTime } from "../core/dates.js";
import { h } from "../core/dom.js";
import { View } from "../core/view.js";
import { fieldName } from "../core/words.js";
import { valueText } from "./task-history.js";

/** Two people have changed the same field: says who else did and when, shows both values, and lets choose. */
class CollisionDialog extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/collisions.js").Collision} */
  collision;
  #is_decided = false;

  render() {
    const { fields, current } = this.collision;
    const what = fields.map((field) => fieldName(field.name)).join(" and ");
    return h(
      "dialog",
      {
        class: "collision", "aria-labelledby": "collision-title",
        ref: (/** @type {HTMLDialogElement} */ dialog) => setTimeout(() => dialog.isConnected && dialog.showModal()),
        // Closed in whatever way: nothing of the others' is lost.
        onclose: () => this.#decide([]),
      },
      h("h2", { id: "collision-title" }, `${capital(what)} ${fields.length > 1 ? "were" : "was"} changed meanwhile`),
      h("p", { class: "muted" }, [current.key, current.title ?? current.name].filter(Boolean).join(" ")),
      fields.map((field) => this.#field(field)),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "primary", onclick: () => this.#decide(fields.map((field) => field.name)) }, "Use mine"),
        h("button", { type: "button", onclick: () => this.#decide([]) }, "Keep theirs"),
      ),
    );
  }

  /** @param {import("../core/collisions.js").Collided} field */
  #field(field) {
    const show = (/** @type {any} */ value) => valueText(this.workspace, this.collision.current.project_id, field.name, value);
    const who = field.occurred_at ? this.workspace.nameOf(field.actor_id) : "Somebody";
    return h(
      "dl",
      { key: field.name, class: "both" },
      h("dt", {}, `${who}, `, field.occurred_at && h("time", { datetime: field.occurred_at, title: dateAndTime(field.occurred_at) }, ago(field.occurred_at))),
      h("dd", { class: "theirs" }, show(field.theirs)),
      h("dt", {}, "You"),
      h("dd", { class: "yours" }, show(field.yours)),
    );
  }

  /** @param {string[]} mine */
  #decide(mine) {
    if (this.#is_decided) return;
    this.#is_decided = true;
    this.querySelector("dialog")?.close();
    this.workspace.collisions.decide(this.collision, new Set(mine));
  }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

customElements.define("collision-dialog", CollisionDialog);
