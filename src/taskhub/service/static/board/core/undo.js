import { connection } from "./connection.js";
import { notices } from "./notices.js";
import { session } from "./session.js";
import { counted, whatWasDone, whyNotUndone } from "./words.js";

/**
 * Something that can be undone: by the number of one of its events, or by the request that did it, whose events come after `cursor`.
 *
 * @typedef {{what: string, seq?: number, key?: string, cursor?: string | null, thing?: string}} Done
 * @typedef {import("./writes.js").Sent} Sent
 */

const MOST_KEPT = 100;
const MOST_PAGES = 5;
const PLACE = "undo";

/** What was done on this page, and can be undone and redone: the last thing first. */
export class Undo {
  /** @type {Done[]} */
  #done = [];
  /** @type {Done[]} */
  #undone = [];
  /** What is on its way, and may be undone already, by the keys of the changes. @type {Map<string, Done>} */
  #begun = new Map();

  /** @param {import("./workspace.js").Workspace} workspace */
  constructor(workspace) {
    this.workspace = workspace;
  }

  /** @param {Sent} sent A change that is on its way: to undo it is possible from now on, and waits for it. */
  begun({ key, cursor, thing }) {
    const done = { what: "", key, cursor, thing };
    this.#begun.set(key, done);
    this.#done = [...this.#done.slice(1 - MOST_KEPT), done];
    this.#undone = [];
  }

  /**
   * @param {Sent} sent A change that was made.
   * @param {any} answer
   */
  made(sent, answer) {
    const done = this.#begun.get(sent.key);
    if (!done) return;
    this.#begun.delete(sent.key);
    done.what = whatWasDone(this.workspace, sent, answer);
    if (answer?.version && answer.version === sent.base?.version) this.dropped(sent); // It was so already.
    else if (this.#done.includes(done)) this.#tell(done.what, "Undo");
  }

  /** @param {Sent} sent A change that was not made. */
  dropped(sent) {
    this.#begun.delete(sent.key);
    this.#done = this.#done.filter((one) => one.key !== sent.key);
  }

  async undo() {
    const one = this.#done.pop();
    if (!one) return notices.tell("There is nothing to undo.", { place: PLACE });
    const seq = await this.#take(one);
    if (seq) this.#undone.push({ what: one.what, seq });
  }

  async redo() {
    const one = this.#undone.pop();
    if (!one) return notices.tell("There is nothing to redo.", { place: PLACE });
    const seq = await this.#take(one, true);
    if (seq) this.#done.push({ what: one.what, seq });
  }

  /** @param {{what: string, seq: number}} change Any command of the log. Whoever sees one line of it may not know what else it did: they are asked. */
  async undoChange(change) {
    if (!(await this.#isWanted(change.seq))) return;
    const seq = await this.#take(change);
    if (seq) this.#undone.push({ what: change.what, seq });
  }

  /** @param {number} seq */
  async #isWanted(seq) {
    try {
      const answer = await session.send("POST", this.workspace.path(`changes/${seq}/undo`), { query: { dry_run: true } });
      const { changes } = await answer.json();
      /** @type {Map<string, string>} */
      const kinds = new Map(changes.map((/** @type {import("./types.js").Change} */ change) => [change.entity_id, change.entity_type]));
      return kinds.size < 2 || confirm(`This was done to several things at once. To undo it changes ${counted([...kinds.values()])}. Undo all of it?`);
    } catch (error) {
      notices.tell(whyNotUndone(this.workspace, error), { is_error: true });
      return false;
    }
  }

  /**
   * @param {Done} one
   * @param {boolean} [is_redo]
   * @returns {Promise<number | null>} The number of an event of the undo: by it, the undo is undone.
   */
  async #take(one, is_redo = false) {
    if (connection.is_lost) notices.tell("This is undone as soon as TaskHub can be reached.", { place: PLACE });
    try {
      // It waits for its turn, behind the change itself: only then the place of the change in the log is known.
      const path = async () => `changes/${one.seq ?? (await this.#seqOf(one))}/undo`;
      const { items, has_more } = await this.workspace.writes.add({ method: "POST", path, fields: [] });
      for (const change of items) this.workspace.happened(change);
      const count = new Set(items.map((/** @type {any} */ change) => change.entity_id)).size;
      const size = count > 1 ? ` (${has_more ? "more than " : ""}${count} things)` : "";
      this.#tell(`${is_redo ? "Redone" : "Undone"}: ${one.what}${size}`, is_redo ? "Undo" : "Redo");
      return items[0].seq;
    } catch (error) {
      notices.tell(whyNotUndone(this.workspace, error), { is_error: true });
      return null;
    }
  }

  /**
   * @param {string} text
   * @param {"Undo" | "Redo"} name
   */
  #tell(text, name) {
    notices.tell(`${text}.`, { action: { name, run: () => (name === "Undo" ? this.undo() : this.redo()) }, place: PLACE });
  }

  /**
   * @param {Done} one
   * @returns {Promise<number>} The number of its first event.
   */
  async #seqOf({ key, cursor, thing }) {
    for (let page = 0, place = cursor; page < MOST_PAGES; page += 1) {
      const query = { cursor: place, entity_id: thing, actor_id: session.user?.id, limit: 1000 };
      const answer = await this.workspace.get("changes", query);
      const found = answer.items.find((/** @type {any} */ change) => change.request_id === key);
      if (found) return found.seq;
      if (!answer.has_more) break;
      place = answer.next_cursor;
    }
    throw new NothingDone();
  }
}

/** A change that did not change anything, or was refused. */
class NothingDone extends Error {
  constructor() {
    super("There is nothing to undo: nothing was changed.");
  }
}
