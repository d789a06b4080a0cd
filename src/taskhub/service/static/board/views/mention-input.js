import { h } from "../core/dom.js";
import { View } from "../core/view.js";
import { suggested, written } from "./mentions.js";

/** A text in which `@` proposes the members of the workspace. */
class MentionInput extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  name = "";
  label = "";
  begin = "";
  placeholder = "";
  is_focused = false;
  /** @type {(text: string) => void} */
  changed = () => {};
  /** @type {() => void} */
  submit = () => {};
  /** @type {() => void} */
  cancel = () => {};
  #start = 0;
  /** @type {import("../core/types.js").Member[]} */
  #members = [];
  #chosen = 0;

  get text() {
    return this.#area?.value ?? "";
  }

  clear() {
    if (this.#area) this.#area.value = "";
  }

  get #area() {
    return this.querySelector("textarea");
  }

  render() {
    const list = `${this.name}-members`;
    const has_list = this.#members.length > 0;
    return [
      h("textarea", {
        id: this.name, rows: "3", maxlength: "20000", "aria-label": this.label, value: this.begin, placeholder: this.placeholder,
        "aria-autocomplete": "list", "aria-controls": list, "aria-activedescendant": has_list ? `${list}-${this.#chosen}` : null,
        ref: (/** @type {HTMLElement} */ area) => this.is_focused && setTimeout(() => area.focus()),
        oninput: () => this.#look(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event), onblur: () => this.#close(),
      }),
      h(
        "ul",
        { id: list, class: "suggestions", role: "listbox", "aria-label": "Members", hidden: !has_list },
        this.#members.map((member, at) =>
          h("li", {
            key: member.user_id, id: `${list}-${at}`, role: "option", "aria-selected": String(at === this.#chosen),
            onmousedown: (/** @type {Event} */ event) => (event.preventDefault(), this.#take(member)),
          }, written(this.workspace, member)),
        ),
      ),
    ];
  }

  #look() {
    const area = this.#area;
    if (!area) return;
    this.changed(area.value);
    const { start, members } = suggested(this.workspace, area.value, area.selectionStart);
    this.#start = start;
    this.#members = members;
    this.#chosen = 0;
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.submit();
    else if (this.#members.length === 0) {
      if (event.key === "Escape") this.cancel();
      return;
    } else if (event.key === "Escape") this.#close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#members[this.#chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} by */
  #step(by) {
    this.#chosen = (this.#chosen + by + this.#members.length) % this.#members.length;
    this.update();
  }

  /** @param {import("../core/types.js").Member} member */
  #take(member) {
    const area = this.#area;
    area?.setRangeText(`@${written(this.workspace, member)} `, this.#start, area.selectionStart, "end");
    if (area) this.changed(area.value);
    this.#close();
  }

  #close() {
    this.#members = [];
    this.update();
  }
}

customElements.define("mention-input", MentionInput);
