import { ConnectionLost, pauseAfter, Refused } from "./http.js";
import { newId } from "./ids.js";
import { Observable } from "./observable.js";
import { session, SessionEnded } from "./session.js";

/**
 * One change that is on its way to the service.
 *
 * @typedef {object} Write
 * @property {string} key The `Idempotency-Key`: the same at each try, so that a change is made once. In the log it is the request's id.
 * @property {string | null} [cursor] A place in the log before the change.
 * @property {string} method
 * @property {string | (() => Promise<string>)} path Within the workspace. A function is asked when it is the change's turn.
 * @property {any} [body]
 * @property {import("./types.js").Kind} [kind]
 * @property {string} [thing] The id of what is changed.
 * @property {import("./types.js").Thing | null} [base] What was changed, as it was seen. Its version is sent as `If-Match`.
 * @property {number} [version] The version that the change is meant for, as long as it has one.
 * @property {Record<string, any>} [overlay] What the thing looks like meanwhile.
 * @property {string[]} fields Which fields the change decides. Where others have changed other ones, it is simply made.
 * @property {(answer: any) => void} resolve
 * @property {(error: Error) => void} reject
 *
 * @typedef {{key: string, method: string, path: string, cursor?: string | null, kind?: string, thing?: string, base?: any, body?: any}} Sent A change
 *     that does something by itself.
 */

/** The changes of one workspace, sent one after the other. While the connection is lost they wait, and are tried again. */
export class Writes extends Observable {
  /** @type {Write[]} */
  waiting = [];
  #is_running = false;
  #is_closed = false;

  /** @param {import("./workspace.js").Workspace} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
  }

  close() {
    this.#is_closed = true;
  }

  /**
   * @param {Omit<Write, "key" | "resolve" | "reject">} write
   * @returns {Promise<any>} The answer's body, null if it has none. If others changed the same fields meanwhile, a person decides first.
   */
  add(write) {
    return new Promise((resolve, reject) => {
      this.#enqueue({ version: write.base?.version, ...write, cursor: this.workspace.live.cursor, key: newId(), resolve, reject });
    });
  }

  /** @param {Write} write */
  #enqueue(write) {
    this.waiting.push(write);
    if (isSent(write)) this.workspace.undo.begun(write);
    this.changed();
    if (!this.#is_running) this.#run();
  }

  /**
   * @param {string} id
   * @param {boolean} is_known Whether the thing is there already. What was to make it has nothing to add then.
   */
  overlayOf(id, is_known) {
    /** @type {Record<string, any> | null} */
    let overlay = null;
    for (const { thing, base, overlay: part } of this.waiting) {
      if (thing === id && part && (base || !is_known)) overlay = { ...(overlay ?? {}), ...part };
    }
    return overlay;
  }

  async #run() {
    this.#is_running = true;
    for (let failures = 0; this.waiting.length > 0 && !this.#is_closed; ) {
      const write = this.waiting[0];
      try {
        await this.#attempt(write);
        failures = 0;
      } catch (error) {
        await this.#pause(error, failures);
        failures += 1;
      }
    }
    this.#is_running = false;
  }

  /** @param {Write} write */
  async #attempt(write) {
    let answer;
    try {
      const path = typeof write.path === "string" ? write.path : await write.path();
      answer = await session.send(write.method, this.workspace.path(path), { body: write.body, headers: headersOf(write) });
    } catch (error) {
      if (error instanceof Refused && error.status === 412) return await this.#collided(write);
      if (isPassing(error)) throw error;
      return this.#refuse(write, error);
    }
    const body = answer.status === 204 ? null : await answer.json();
    this.#end(write, () => {
      this.#rebase(write, body);
      this.workspace.taken(write, body);
      if (isSent(write)) this.workspace.undo.made(write, body);
      write.resolve(body);
    });
  }

  /**
   * @param {Write} write
   * @param {any} error
   */
  #refuse(write, error) {
    this.#end(write, () => {
      if (isSent(write)) this.workspace.undo.dropped(write);
      write.reject(error);
    });
  }

  /** @param {Write} write */
  async #collided(write) {
    const { collisions, undo } = this.workspace;
    const collision = await collisions.of(write);
    if (collision instanceof Error) return this.#refuse(write, collision);
    if (collision.fields.length === 0) write.version = collision.current.version; // Nobody else decided what this change decides.
    else {
      this.#end(write, () => {
        if (isSent(write)) undo.dropped(write);
        collisions.ask(collision);
      });
    }
  }

  /**
   * @param {Write} write
   * @param {() => void} finish
   */
  #end(write, finish) {
    this.waiting.splice(this.waiting.indexOf(write), 1);
    finish();
    this.changed();
  }

  /**
   * What waits for the same thing was meant for the version that this change has just made.
   *
   * @param {Write} done
   * @param {any} body
   */
  #rebase(done, body) {
    if (!done.version || !body?.version) return;
    for (const write of this.waiting) {
      if (write.thing === done.thing && write.version === done.version) write.version = body.version;
    }
  }

  /**
   * @param {any} error
   * @param {number} failures How many there were before this one.
   */
  async #pause(error, failures) {
    if (error instanceof ConnectionLost || error instanceof Refused) await pauseAfter(error, failures);
    else {
      // Nobody is signed in any more: what was not sent is not sent by somebody else.
      for (const write of [...this.waiting]) this.#refuse(write, error);
      this.changed();
    }
  }
}

/**
 * @param {Write} write
 * @returns {write is Write & {path: string}}
 */
function isSent(write) {
  return typeof write.path === "string";
}

/** @param {{key: string, version?: number}} write */
export function headersOf({ key, version }) {
  return { "idempotency-key": key, "x-request-id": key, ...(version ? { "if-match": `"${version}"` } : {}) };
}

/**
 * Whether to try again.
 *
 * @param {any} error
 */
function isPassing(error) {
  return error instanceof ConnectionLost || error instanceof SessionEnded || (error instanceof Refused && error.is_passing);
}
