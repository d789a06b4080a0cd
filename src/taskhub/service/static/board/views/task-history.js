import { ago, dateAndTime, dueAsEntered } from "../core/dates.js";
import { h } from "../core/dom.js";
import { View } from "../core/view.js";
import { fieldName } from "../core/words.js";
import { PRIORITIES } from "./parts.js";

const PAGE = 30;
const SOON_MS = 150;
const SILENT = new Set(["status_category", "due_at", "closed_at", "key", "number", "edited_at", "mentioned_ids"]);
const HAPPENED = /** @type {Record<string, string>} */ ({
  "task.created": "created the task", "task.trashed": "moved the task to the trash", "task.restored": "restored the task", "task.moved": "moved the task",
  "comment.created": "commented", "comment.updated": "changed a comment", "comment.deleted": "deleted a comment", "comment.restored": "restored a comment",
});

/** What happened to a task, newest first, with values before and after. */
class TaskHistory extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Task} */
  task;
  /** @type {import("../core/types.js").HistoryEntry[]} */
  #entries = [];
  /** @type {string | null} */
  #cursor = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connected() {
    this.follow(this.workspace);
    this.ending(this.workspace.onChange(({ entity_id, snapshot }) => (entity_id === this.task.id || snapshot?.task_id === this.task.id) && this.#loadSoon()));
    this.ending(this.workspace.writes.subscribe(() => this.workspace.writes.waiting.length === 0 && this.#loadSoon()));
    this.ending(() => clearTimeout(this.#timer));
    this.#load(null);
  }

  #loadSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(null), SOON_MS);
  }

  /** @param {string | null} cursor */
  async #load(cursor) {
    try {
      const page = await this.workspace.get(`tasks/${this.task.id}/history`, { limit: PAGE, cursor });
      this.#entries = cursor ? [...this.#entries, ...page.items] : page.items;
      this.#cursor = page.next_cursor;
      this.update();
    } catch {
      // It is read again with the next change.
    }
  }

  render() {
    return h(
      "section",
      { "aria-labelledby": "history-title" },
      h("div", { class: "section-head" }, h("h2", { id: "history-title" }, "History")),
      this.#entries.length === 0 && h("p", { class: "muted" }, "Loading…"),
      h("ol", { class: "history" }, this.#entries.map((entry) => this.#entry(entry))),
      this.#cursor && h("button", { type: "button", onclick: () => this.#load(this.#cursor) }, "Earlier"),
    );
  }

  /** @param {import("../core/types.js").HistoryEntry} entry */
  #entry(entry) {
    const changes = Object.entries(entry.changes).filter(([name]) => !SILENT.has(name));
    const is_edit = entry.type === "task.updated" || (entry.type === "task.moved" && changes.length > 0);
    const what = is_edit ? `changed ${changes.map(([name]) => fieldName(name)).join(", ")}` : (HAPPENED[entry.type] ?? entry.type);
    return h(
      "li",
      { key: entry.seq },
      h("strong", {}, this.workspace.nameOf(entry.actor_id)),
      ` ${what} `,
      h("time", { datetime: entry.occurred_at, title: dateAndTime(entry.occurred_at), class: "muted" }, ago(entry.occurred_at)),
      this.workspace.may("member") &&
        h("button", { type: "button", class: "link undo", onclick: () => this.#undo(entry, what) }, "Undo", h("span", { class: "unseen" }, `: ${what}`)),
      is_edit && changes.map(([name, [before, after]]) => h("p", { key: name, class: "values" }, h("del", {}, this.#value(name, before)), " → ", h("ins", {}, this.#value(name, after)))),
    );
  }

  /**
   * @param {import("../core/types.js").HistoryEntry} entry
   * @param {string} what
   */
  #undo({ seq, actor_id }, what) {
    this.workspace.undo.undoChange({ seq, what: `${this.task.key}: ${this.workspace.nameOf(actor_id)} ${what}` });
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  #value(name, value) {
    return valueText(this.workspace, this.task.project_id, name, value);
  }
}

/**
 * A value of a field, in words.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {string} project_id
 * @param {string} name
 * @param {any} value
 * @returns {string}
 */
export function valueText(workspace, project_id, name, value) {
  if (value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) return "none";
  const taskName = (/** @type {string} */ id) => workspace.thing("task", id)?.key ?? "a task";
  switch (name) {
    case "status": return workspace.project(project_id)?.workflow.statuses.find((status) => status.key === value)?.name ?? value;
    case "priority": return PRIORITIES[/** @type {keyof typeof PRIORITIES} */ (value)] ?? value;
    case "assignee_ids": return value.map((/** @type {string} */ id) => workspace.nameOf(id)).join(", ");
    case "label_ids": return value.map((/** @type {string} */ id) => workspace.thing("label", id)?.name ?? "a deleted label").join(", ");
    case "blocked_by_ids": return value.map(taskName).join(", ");
    case "external_keys": return value.join(", ");
    case "parent_id": return taskName(value);
    case "project_id": return workspace.project(value)?.name ?? "another project";
    case "due": return dueAsEntered(value);
    default: return typeof value === "string" ? value : JSON.stringify(value);
  }
}

customElements.define("task-history", TaskHistory);
