import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";

/** A line of text that is changed where it stands. What others do to it meanwhile shows when it is saved. */
class EditText extends View {
  label = "";
  text = "";
  level = 1;
  may = true;
  /** @type {any} The thing that has the text. */
  base = null;
  /** @type {(text: string, base: any) => Promise<any>} */
  save = async () => {};
  /** @type {any} The thing as it was when the person began to write. */
  #begun = null;
  #text = "";

  render() {
    if (this.#begun) {
      return h("input", {
        key: "input", value: this.#text, "aria-label": this.label, maxlength: "500", class: "inline-input",
        ref: (/** @type {HTMLInputElement} */ input) => setTimeout(() => (input.focus(), input.select())),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        onblur: (/** @type {any} */ event) => this.#end(event.target.value),
      });
    }
    return [
      h(`h${this.level}`, { key: "text", tabindex: "-1" }, this.text),
      this.may &&
        h("button", { key: "button", type: "button", class: "quiet pencil", "aria-label": `Change: ${this.label}`, onclick: () => this.#begin() }, "✎"),
    ];
  }

  #begin() {
    this.#begun = this.base;
    this.#text = this.text;
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape") this.#end(this.#text);
    if (event.key === "Enter" && !event.isComposing) this.#end(/** @type {HTMLInputElement} */ (event.target).value);
  }

  /** @param {string} written */
  #end(written) {
    const base = this.#begun;
    if (!base) return;
    this.#begun = null;
    const text = written.trim();
    if (text && text !== this.#text) this.save(text, base).catch((error) => notices.failed(error));
    this.update();
    setTimeout(() => this.querySelector("button")?.focus());
  }
}

customElements.define("edit-text", EditText);
