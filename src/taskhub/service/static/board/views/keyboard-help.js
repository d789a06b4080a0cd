import { h } from "../core/dom.js";

const KEYS = [
  ["Tab", "go to the next column"],
  ["Arrow keys", "go from task to task"],
  ["Enter", "open the task"],
  ["Space", "pick the task up, or put it down"],
  ["Arrow keys, with a task picked up", "move it within its column and to others"],
  ["Escape", "put it back; leave what is being written"],
  ["E or F2", "change the title"],
  ["N", "add a task to this column"],
  ["Delete", "move the task to the trash"],
  ["/", "search"],
  ["?", "this list"],
];
const EVERYWHERE = [
  ["Ctrl+Z", "undo what was done last"],
  ["Ctrl+Shift+Z", "do it again"],
];

/** @param {() => void} close */
export function keyboardHelp(close) {
  return h(
    "dialog",
    { "aria-labelledby": "keys-title", ref: (/** @type {HTMLDialogElement} */ dialog) => setTimeout(() => dialog.showModal()), onclose: close },
    h("h2", { id: "keys-title" }, "Keyboard"),
    h("p", { class: "muted" }, "While a task of the board has the focus:"),
    h("dl", { class: "keys" }, KEYS.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("p", { class: "muted" }, "Everywhere, unless text is being written:"),
    h("dl", { class: "keys" }, EVERYWHERE.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, what)])),
    h("form", { method: "dialog" }, h("button", { class: "primary" }, "Close")),
  );
}
