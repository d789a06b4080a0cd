import { connection } from "./connection.js";
import { ConnectionLost } from "./http.js";
import { Observable } from "./observable.js";

const PAGE = 200;
const SOON_MS = 120;
const BETWEEN_REFRESHES_MS = 1000;
const CHANGES_ORDER = new Set(["everything", "task.created", "task.moved", "task.trashed", "task.restored", "project.workflow_changed"]);

/**
 * The tasks that a query finds, in the order of the service. It is asked for again when something that may concern it has happened.
 */
export class TaskList extends Observable {
  /** @type {string[]} */
  ids = [];
  is_loaded = false;
  has_more = false;
  /** @type {Error | null} */
  error = null;
  #pages = 1;
  #refreshed_at = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #is_closed = false;
  /** @type {() => void} */
  #end;

  /**
   * @param {import("./workspace.js").Workspace} workspace
   * @param {import("./http.js").Query} query Of the list of tasks.
   * @param {boolean} is_filtered Whether a change of a task may add it to what is found, or remove it.
   */
  constructor(workspace, query, is_filtered) {
    super();
    this.workspace = workspace;
    this.query = query;
    this.is_filtered = is_filtered;
    this.#end = workspace.onChange((change) => {
      if (CHANGES_ORDER.has(change.type) || (this.is_filtered && change.entity_type === "task")) this.refreshSoon();
    });
    this.#load();
  }

  close() {
    this.#is_closed = true;
    clearTimeout(this.#timer);
    this.#end();
  }

  /** @returns {import("./types.js").Task[]} */
  get tasks() {
    const found = this.ids.map((id) => this.workspace.thing("task", id));
    return found.filter((task) => task && !task.deleted_at);
  }

  more() {
    this.#pages += 1;
    return this.#load();
  }

  /** @param {string} id Shown at the end, until the service says where it is. */
  add(id) {
    if (!this.ids.includes(id)) this.ids = [...this.ids, id];
    this.changed();
  }

  /**
   * @param {string} id
   * @param {string | null} before The task before which it is put; null: at the end.
   */
  place(id, before) {
    const ids = this.ids.filter((other) => other !== id);
    ids.splice(before === null ? ids.length : ids.indexOf(before), 0, id);
    this.ids = ids;
    this.changed();
  }

  refreshSoon() {
    if (this.#timer !== undefined || this.#is_closed) return;
    const wait = Math.max(SOON_MS, this.#refreshed_at + BETWEEN_REFRESHES_MS - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#load();
    }, wait);
  }

  /** @returns {Promise<void>} */
  async #load() {
    this.#refreshed_at = Date.now();
    try {
      const { items, has_more } = await this.#read();
      if (this.#is_closed) return;
      for (const task of items) this.workspace.take("task", task);
      // What a person has just moved or made is where they see it, until the service knows it as well.
      if (this.workspace.writes.waiting.length > 0 && this.is_loaded) return this.refreshSoon();
      this.ids = items.map((task) => task.id);
      this.has_more = has_more;
      this.is_loaded = true;
      this.error = null;
    } catch (error) {
      this.error = /** @type {Error} */ (error);
      if (error instanceof ConnectionLost && !this.#is_closed) {
        this.changed();
        await connection.pause();
        if (!this.#is_closed) return this.#load();
      }
    }
    this.changed();
    this.workspace.changed();
  }

  async #read() {
    /** @type {import("./types.js").Task[]} */
    const items = [];
    let cursor = null;
    for (let page = 0; page < this.#pages; page += 1) {
      const answer = await this.workspace.get("tasks", { limit: PAGE, ...this.query, cursor });
      items.push(...answer.items);
      cursor = answer.next_cursor;
      if (cursor === null) break;
    }
    return { items, has_more: cursor !== null };
  }
}
