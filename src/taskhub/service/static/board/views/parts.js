import { h } from "../core/dom.js";
import { dueAsEntered, dueText } from "../core/dates.js";

/** @typedef {import("../core/dom.js").Child} Child */

export const PRIORITIES = { none: "No priority", low: "Low", medium: "Medium", high: "High", urgent: "Urgent" };
const COLOURS = 8;

/**
 * @param {string} title
 * @param {...Child} rest
 */
export function heading(title, ...rest) {
  document.title = `${title} · TaskHub`;
  return h("header", { class: "page-head" }, h("h1", { tabindex: "-1" }, title), rest);
}

/** @param {string} [what] */
export function loading(what) {
  return h("p", { class: "loading", role: "status" }, `${what || "Loading"}…`);
}

/**
 * @param {string} title
 * @param {...Child} rest
 */
export function empty(title, ...rest) {
  return h("div", { class: "empty" }, h("p", { class: "empty-title" }, title), rest);
}

/**
 * The page of something that is not there.
 *
 * @param {string} title
 * @param {...Child} rest
 */
export function missing(title, ...rest) {
  document.title = `${title} · TaskHub`;
  const head = h("h1", { class: "empty-title", tabindex: "-1" }, title);
  return h("main", { id: "main", class: "middle" }, h("div", { class: "empty" }, head, rest));
}

/**
 * @param {Error} error
 * @param {() => void} again
 */
export function failed(error, again) {
  return h(
    "div",
    { class: "empty", role: "alert" },
    h("p", { class: "empty-title" }, "This could not be loaded"),
    h("p", {}, error.message),
    h("button", { type: "button", onclick: again }, "Try again"),
  );
}

/**
 * @param {string} label
 * @param {import("../core/dom.js").Description} control With an id.
 * @param {{error?: string, hint?: string}} [more]
 */
export function field(label, control, { error, hint } = {}) {
  const id = control.props.id;
  if (error || hint) control.props["aria-describedby"] = `${id}-more`;
  if (error) control.props["aria-invalid"] = "true";
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    control,
    (error || hint) && h("p", { id: `${id}-more`, class: error ? "error" : "hint" }, error || hint),
  );
}

/**
 * @param {string} name
 * @param {string} id
 */
export function avatar(name, id) {
  const letters = name.split(/\s+/).filter(Boolean);
  const initials = [letters[0], letters.length > 1 ? letters[letters.length - 1] : ""].map((word) => [...(word ?? "")][0] ?? "").join("");
  const colour = [...id].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 997, 7) % COLOURS;
  return h("span", { class: `avatar tone-${colour}`, role: "img", "aria-label": name, title: name }, initials.toUpperCase());
}

/** @param {import("../core/types.js").Label} label */
export function labelChip(label) {
  return h("span", { class: "chip", style: { "--chip": label.color } }, h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "chip-name", title: label.name }, label.name));
}

/** @param {string} priority */
export function priorityMark(priority) {
  if (priority === "none") return null;
  const name = PRIORITIES[/** @type {keyof typeof PRIORITIES} */ (priority)] ?? priority;
  return h("span", { class: `priority ${priority}`, title: `Priority: ${name}` }, name);
}

/** @param {import("../core/types.js").Task} task */
export function dueMark(task) {
  const due = dueText(task);
  if (!due) return null;
  const state = due.is_late ? "late" : due.is_soon && !task.closed_at ? "soon" : "";
  return h("span", { class: `due ${state}`, title: `Due: entered as ${dueAsEntered(task.due)}` }, due.is_late && h("span", { class: "unseen" }, "Overdue: "), due.text);
}

/** @param {{key: string, name: string, category: string}} status */
export function statusMark(status) {
  return h("span", { class: `status ${status.category}` }, status.name);
}

/**
 * @param {string[][]} options Pairs of value and text.
 * @param {string} selected
 * @param {import("../core/dom.js").Props} props
 */
export function select(options, selected, props) {
  return h(
    "select",
    { ...props, value: selected },
    options.map(([value, text]) => h("option", { key: value, value }, text)),
  );
}

/**
 * @param {SubmitEvent} event
 * @returns {Record<string, string>}
 */
export function submitted(event) {
  event.preventDefault();
  const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
  return Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
}

/**
 * Whether keys that are pressed there write something.
 *
 * @param {EventTarget | null} target
 */
export function isWriting(target) {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "color"].includes(target.type);
  return target instanceof HTMLTextAreaElement;
}
