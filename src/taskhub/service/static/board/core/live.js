import { connection } from "./connection.js";
import { Refused, searchOf } from "./http.js";
import { Observable } from "./observable.js";
import { session, SessionEnded } from "./session.js";
import { events } from "./stream.js";

const BETWEEN_STREAMS_MS = 300;
/** Something comes every 15 seconds, if only a comment: a stream that is silent for longer is broken, whatever the network says. */
const SILENCE_MS = 40_000;

/**
 * Follows the log of a workspace. A page that nobody sees follows nothing, because browsers allow few connections to one host, and
 * catches up when it is shown again.
 */
export class Live extends Observable {
  is_following = false;
  /** @type {string | null} */
  cursor = null;
  #closing = new AbortController();

  /** @param {import("./workspace.js").Workspace} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
  }

  /** The place in the log from which to follow. It is taken before anything is read, so that nothing is missed. */
  async mark() {
    this.cursor = (await this.workspace.get("changes", { from: "now", limit: 1 })).next_cursor;
  }

  close() {
    this.#closing.abort();
  }

  async follow() {
    const closing = this.#closing.signal;
    while (!closing.aborted) {
      await shown(closing);
      const stop = new AbortController();
      const end = () => (document.hidden || closing.aborted) && stop.abort();
      document.addEventListener("visibilitychange", end);
      closing.addEventListener("abort", end);
      try {
        await this.#read(stop.signal);
      } catch (error) {
        if (error instanceof SessionEnded) return;
        if (error instanceof Refused && [403, 404].includes(error.status)) return this.workspace.lost();
        if (error instanceof Refused && error.status === 410) await this.#beginAnew(closing);
      } finally {
        document.removeEventListener("visibilitychange", end);
        closing.removeEventListener("abort", end);
        this.#tell(false);
      }
      if (!closing.aborted && !document.hidden) await pause(closing);
    }
  }

  /** @param {AbortSignal} signal */
  async #read(signal) {
    const headers = { "last-event-id": this.cursor ?? "", accept: "text/event-stream" };
    const answer = await session.send("GET", this.workspace.path("stream") + searchOf(), { headers, signal });
    this.#tell(true);
    try {
      const body = /** @type {ReadableStream<Uint8Array>} */ (answer.body);
      for await (const event of events(body, SILENCE_MS)) {
        if (event.data) this.workspace.happened(JSON.parse(event.data));
        if (event.id) this.cursor = event.id;
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof Refused)) connection.lost();
    }
  }

  /** @param {AbortSignal} closing */
  async #beginAnew(closing) {
    try {
      await this.mark();
      await this.workspace.reload();
    } catch {
      await pause(closing);
    }
  }

  /** @param {boolean} is_following */
  #tell(is_following) {
    if (this.is_following === is_following) return;
    this.is_following = is_following;
    this.changed();
  }
}

/** @param {AbortSignal} closing */
async function pause(closing) {
  if (connection.is_lost) await connection.pause(closing);
  else await new Promise((resolve) => setTimeout(resolve, BETWEEN_STREAMS_MS));
}

/** @param {AbortSignal} closing */
async function shown(closing) {
  while (document.hidden && !closing.aborted) {
    await new Promise((resolve) => {
      document.addEventListener("visibilitychange", resolve, { once: true });
      closing.addEventListener("abort", resolve, { once: true });
    });
  }
}
