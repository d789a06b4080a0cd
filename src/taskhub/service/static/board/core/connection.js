import { Observable } from "./observable.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** Whether the service can be reached, as far as the last request tells. */
class Connection extends Observable {
  is_lost = false;
  /** When the next attempt is due is for everybody to know: what waits is woken at once when a request succeeds. */
  #failures = 0;

  lost() {
    this.#failures += 1;
    if (this.is_lost) return;
    this.is_lost = true;
    this.changed();
  }

  back() {
    this.#failures = 0;
    if (!this.is_lost) return;
    this.is_lost = false;
    this.changed();
  }

  /**
   * Waits longer after each failure, but no longer than until the connection is back.
   *
   * @param {AbortSignal} [signal]
   */
  async pause(signal) {
    const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#failures, 10)) * (0.5 + Math.random() / 2);
    await new Promise((resolve) => {
      const timer = setTimeout(end, ms);
      const unsubscribe = this.subscribe(() => this.is_lost || end());
      addEventListener("online", end);
      signal?.addEventListener("abort", end);
      function end() {
        clearTimeout(timer);
        unsubscribe();
        removeEventListener("online", end);
        signal?.removeEventListener("abort", end);
        resolve(undefined);
      }
    });
  }
}

export const connection = new Connection();

/** @param {number} ms */
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
