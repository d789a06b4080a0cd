import { ConnectionLost, Refused, send } from "./http.js";
import { newId } from "./ids.js";
import { Observable } from "./observable.js";

/**
 * Who is signed in.
 *
 * The access token is kept in memory only. The refresh token is in `localStorage` if its owner wants to stay signed in, and in memory
 * otherwise. It is spent by each use, so tabs that share it take turns, by a lock that all of them know
 * (docs/decisions/0041-the-board-is-plain-modules.md).
 *
 * @typedef {{session_id: string, access_token: string, expires_in: number, refresh_token: string}} Tokens
 * @typedef {{id: string, email: string, name: string, time_zone: string | null, version: number}} User
 */

const KEY = "taskhub.session";
const LOCK = "taskhub.refresh";
const EARLY_MS = 30_000;
export const BROWSERS_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

class Session extends Observable {
  /** @type {User | null} */
  user = null;
  /** Why nobody is signed in any more, in words. */
  ended = "";
  /** Of a session that is kept in memory only. */
  #refresh_token = "";
  #access_token = "";
  #expires_at = 0;

  get is_signed_in() {
    return this.user !== null;
  }

  /** The reader's time zone: that of the account, or of the browser. */
  get time_zone() {
    return this.user?.time_zone || BROWSERS_ZONE;
  }

  constructor() {
    super();
    addEventListener("storage", (event) => {
      if (event.key !== KEY || this.#refresh_token) return;
      if (event.newValue === null) this.#forget("You have signed out in another tab.");
      // Another account: what this tab shows is not theirs.
      else if (JSON.parse(event.newValue).user_id !== this.user?.id) location.reload();
    });
  }

  /** Goes on with the session of an earlier visit, if there is one. */
  async resume() {
    if (stored() === null) return;
    await this.#load();
  }

  /**
   * @param {string} email
   * @param {string} password
   * @param {boolean} stays whether the session is to outlive this page.
   */
  async signIn(email, password, stays) {
    const answer = await send("POST", "/v1/sessions", { body: { email, password } });
    await this.start(await answer.json(), stays);
  }

  /**
   * @param {Tokens} tokens
   * @param {boolean} stays
   */
  async start(tokens, stays) {
    this.#take(tokens);
    this.#refresh_token = stays ? "" : tokens.refresh_token;
    await this.#load(stays ? tokens.refresh_token : null);
  }

  async signOut() {
    try {
      await this.send("DELETE", "/v1/sessions/current");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    this.#forget("");
  }

  /**
   * As `send`, in the name of whoever is signed in. Writes have an `Idempotency-Key`, if not a given one then one of their own.
   *
   * @param {string} method
   * @param {string} path
   * @param {import("./http.js").Options} [options]
   */
  async send(method, path, options = {}) {
    const all = method === "GET" ? options : { ...options, headers: { "idempotency-key": newId(), ...options.headers } };
    try {
      return await send(method, path, await this.#signed(all));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      this.#expires_at = 0;
      return await send(method, path, await this.#signed(all));
    }
  }

  /** @param {import("./http.js").Options} options */
  async #signed(options) {
    if (Date.now() > this.#expires_at - EARLY_MS) await inTurn(() => this.#refresh());
    return { ...options, headers: { ...options.headers, authorization: `Bearer ${this.#access_token}` } };
  }

  async #refresh() {
    if (Date.now() <= this.#expires_at - EARLY_MS) return; // Another request of this tab was faster.
    const kept = stored();
    const refresh_token = this.#refresh_token || kept?.refresh_token;
    if (!refresh_token) throw this.#forget("Your session has ended.");
    try {
      const tokens = await (await send("POST", "/v1/sessions/refresh", { body: { refresh_token } })).json();
      this.#take(tokens);
      if (this.#refresh_token) this.#refresh_token = tokens.refresh_token;
      else store({ ...kept, refresh_token: tokens.refresh_token });
    } catch (error) {
      if (error instanceof Refused && !error.is_passing) throw this.#forget("Your session has ended. Sign in again to go on.");
      throw error;
    }
  }

  /** @param {Tokens} tokens */
  #take(tokens) {
    this.#access_token = tokens.access_token;
    this.#expires_at = Date.now() + tokens.expires_in * 1000;
  }

  /** @param {string | null} [refresh_token] kept, once it is known whose it is. */
  async #load(refresh_token = null) {
    try {
      const user = await (await this.send("GET", "/v1/users/me")).json();
      if (refresh_token) store({ refresh_token, user_id: user.id });
      this.user = user;
      this.ended = "";
      this.changed();
    } catch (error) {
      if (error instanceof ConnectionLost || (error instanceof Refused && error.is_passing)) throw error;
    }
  }

  /** @param {User} user */
  renew(user) {
    this.user = user;
    this.changed();
  }

  /** @param {string} reason */
  #forget(reason) {
    this.user = null;
    this.ended = reason;
    this.#refresh_token = this.#access_token = "";
    this.#expires_at = 0;
    localStorage.removeItem(KEY);
    this.changed();
    return new SessionEnded(reason);
  }
}

/** Nobody is signed in any more. */
export class SessionEnded extends Error {}

export const session = new Session();

/** @returns {{refresh_token: string, user_id: string} | null} */
function stored() {
  const text = localStorage.getItem(KEY);
  return text === null ? null : JSON.parse(text);
}

/** @param {any} kept */
function store(kept) {
  localStorage.setItem(KEY, JSON.stringify(kept));
}

/** @param {() => Promise<void>} work */
async function inTurn(work) {
  // Without a secure context there are no locks. A token that two tabs spend at the same moment is forgiven by the service then.
  if (!navigator.locks) return await work();
  await navigator.locks.request(LOCK, work);
}
