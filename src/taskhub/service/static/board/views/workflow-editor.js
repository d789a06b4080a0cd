import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";
import { select } from "./parts.js";

/** @typedef {import("../core/types.js").Status & {is_new?: boolean}} Draft */

const CATEGORIES = [["todo", "To do"], ["in_progress", "In progress"], ["done", "Done"], ["cancelled", "Cancelled"]];

/** The statuses of a project and the moves between them. Nothing is changed before it is saved as a whole. */
class WorkflowEditor extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Project} */
  project;
  /** @type {Draft[] | null} */
  #statuses = null;
  /** @type {Record<string, string[]> | null} */
  #transitions = null;
  /** @type {Record<string, string>} Where the tasks of removed statuses go. */
  #moved = {};
  /** @type {import("../core/types.js").Project | null} The project as it was when the changes began. */
  #base = null;

  connected() {
    this.follow(this.workspace);
  }

  render() {
    const workflow = this.project.workflow;
    const statuses = this.#statuses ?? workflow.statuses;
    return h(
      "section",
      { class: "card-form", "aria-labelledby": "workflow-title" },
      h("h2", { id: "workflow-title" }, "Workflow"),
      h("p", { class: "muted" }, "The columns of the board, in their order. New tasks begin in the first one."),
      h("ol", { class: "rows" }, statuses.map((status, at) => this.#row(status, at, statuses.length))),
      h("button", { type: "button", class: "quiet", onclick: () => this.#change((draft) => draft.push(blank(draft))) }, "+ Add status"),
      this.#removed(statuses),
      this.#rules(statuses),
      this.#statuses &&
        h(
          "div",
          { class: "buttons" },
          h("button", { type: "button", class: "primary", onclick: () => this.#save() }, "Save workflow"),
          h("button", { type: "button", onclick: () => this.#reset() }, "Discard changes"),
        ),
    );
  }

  /**
   * @param {Draft} status
   * @param {number} at
   * @param {number} count
   */
  #row(status, at, count) {
    const swap = (/** @type {number} */ by) => this.#change((draft) => draft.splice(at + by, 0, ...draft.splice(at, 1)));
    return h(
      "li",
      { key: status.key },
      h("input", {
        "aria-label": `Name of status ${at + 1}`, value: status.name, maxlength: "50",
        onchange: (/** @type {any} */ event) => this.#change((draft) => (draft[at] = { ...draft[at], name: event.target.value.trim() })),
      }),
      select(CATEGORIES, status.category, {
        "aria-label": `Kind of ${status.name}`, disabled: !status.is_new,
        title: status.is_new ? null : "The kind of a status never changes.",
        onchange: (/** @type {any} */ event) => this.#change((draft) => (draft[at] = { ...draft[at], category: event.target.value })),
      }),
      h("span", { class: "grow" }),
      h("button", { type: "button", class: "quiet", disabled: at === 0, "aria-label": `Move ${status.name} up`, onclick: () => swap(-1) }, "↑"),
      h("button", { type: "button", class: "quiet", disabled: at === count - 1, "aria-label": `Move ${status.name} down`, onclick: () => swap(1) }, "↓"),
      h("button", { type: "button", class: "quiet", disabled: count === 1, "aria-label": `Remove ${status.name}`, onclick: () => this.#change((draft) => draft.splice(at, 1)) }, "✕"),
    );
  }

  /** @param {Draft[]} statuses */
  #removed(statuses) {
    const kept = new Set(statuses.map((status) => status.key));
    const options = statuses.filter((status) => !status.is_new || status.name).map((status) => [status.key, status.name]);
    return this.project.workflow.statuses
      .filter((status) => !kept.has(status.key))
      .map((status) =>
        h(
          "p",
          { key: status.key, class: "note" },
          h("label", { for: `moved-${status.key}` }, `Tasks in ${status.name} go to `),
          select(options, this.#moved[status.key] ?? statuses[0].key, { id: `moved-${status.key}`, onchange: (/** @type {any} */ event) => (this.#moved[status.key] = event.target.value) }),
        ),
      );
  }

  /** @param {Draft[]} statuses */
  #rules(statuses) {
    const transitions = this.#statuses ? this.#transitions : this.project.workflow.transitions;
    const turn = () => this.#change((draft) => (this.#transitions = transitions === null ? Object.fromEntries(draft.map((status) => [status.key, draft.filter((other) => other !== status).map((other) => other.key)])) : null));
    return [
      h("label", { class: "check" }, h("input", { type: "checkbox", checked: transitions === null, onchange: turn }), "Tasks may move from any status to any other"),
      transitions &&
        h(
          "div",
          { class: "scroll", tabindex: "0", role: "group", "aria-label": "Allowed moves" },
          h(
            "table",
            { class: "matrix" },
            h("thead", {}, h("tr", {}, h("td", {}), statuses.map((status) => h("th", { key: status.key, scope: "col" }, `to ${status.name}`)))),
            h("tbody", {}, statuses.map((from) => h("tr", { key: from.key }, h("th", { scope: "row" }, `From ${from.name}`), statuses.map((to) => this.#rule(transitions, from, to))))),
          ),
        ),
    ];
  }

  /**
   * @param {Record<string, string[]>} transitions
   * @param {Draft} from
   * @param {Draft} to
   */
  #rule(transitions, from, to) {
    const allowed = transitions[from.key] ?? [];
    const turn = (/** @type {any} */ event) =>
      this.#change(() => {
        const others = allowed.filter((key) => key !== to.key);
        this.#transitions = { ...transitions, [from.key]: event.target.checked ? [...others, to.key] : others };
      });
    return h("td", { key: to.key }, from.key !== to.key && h("input", { type: "checkbox", "aria-label": `From ${from.name} to ${to.name}`, checked: allowed.includes(to.key), onchange: turn }));
  }

  /** @param {(draft: Draft[]) => any} change */
  #change(change) {
    if (!this.#statuses) {
      this.#base = this.project;
      this.#transitions = this.project.workflow.transitions;
    }
    const draft = [...(this.#statuses ?? this.project.workflow.statuses)];
    change(draft);
    this.#statuses = draft;
    this.update();
  }

  async #save() {
    const base = this.#base;
    const draft = this.#statuses;
    if (!base || !draft) return;
    const names = new Map(draft.map((status) => [status.key, status.is_new ? keyOf(status, draft) : status.key]));
    const key = (/** @type {string} */ old) => names.get(old) ?? "";
    const statuses = draft.map((status) => ({ key: key(status.key), name: status.name, category: status.category }));
    const removed = base.workflow.statuses.filter((status) => !names.has(status.key));
    const status_map = Object.fromEntries(removed.map((status) => [status.key, key(this.#moved[status.key] ?? draft[0].key)]));
    const transitions = this.#transitions && Object.fromEntries(draft.map((status) => [key(status.key), (this.#transitions?.[status.key] ?? []).map(key).filter(Boolean)]));
    const body = { statuses, transitions, ...(removed.length > 0 ? { status_map } : {}) };
    try {
      const change = { method: "PUT", path: `projects/${base.id}/workflow`, body, kind: "project", thing: base.id, base };
      this.workspace.take("project", await this.workspace.now(change));
      this.#reset();
      this.workspace.changed();
    } catch (/** @type {any} */ error) {
      if (error.status === 412) notices.tell("The project was changed by somebody else meanwhile. Discard your changes, look at it and change it again.", { is_error: true });
      else notices.failed(error);
    }
  }

  #reset() {
    this.#statuses = this.#base = null;
    this.#moved = {};
    this.update();
  }
}

/**
 * @param {Draft[]} draft
 * @returns {Draft}
 */
function blank(draft) {
  let number = draft.length + 1;
  while (draft.some((status) => status.key === `new_${number}`)) number += 1;
  return { key: `new_${number}`, name: "New status", category: "in_progress", is_new: true };
}

/**
 * @param {Draft} status
 * @param {Draft[]} all
 */
function keyOf(status, all) {
  const plain = status.name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 24) || "status";
  const others = new Set(all.filter((other) => other !== status).map((other) => other.key));
  let key = plain;
  for (let number = 2; others.has(key); number += 1) key = `${plain}_${number}`;
  return key;
}

customElements.define("workflow-editor", WorkflowEditor);
