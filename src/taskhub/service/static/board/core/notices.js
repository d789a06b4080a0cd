import { Observable } from "./observable.js";

const SHOWN_MS = 8000;

/**
 * @typedef {{name: string, run: () => void}} Action
 * @typedef {{id: number, text: string, is_error: boolean, action?: Action, place?: string, is_held?: boolean}} Notice
 *     `place`: the next one with the same takes its place. `is_held`: somebody is at it.
 */

/** What the page tells in passing, and what it reads out to those who don't see it. */
class Notices extends Observable {
  /** @type {Notice[]} */
  shown = [];
  /** What screen readers are told beside that. */
  spoken = "";
  #last = 0;

  /**
   * @param {string} text
   * @param {{is_error?: boolean, action?: Action, place?: string}} [options]
   */
  tell(text, { is_error = false, action, place } = {}) {
    /** @type {Notice} */
    const notice = { id: (this.#last += 1), text, is_error, action, place };
    this.shown = [...this.shown.filter((other) => !place || other.place !== place).slice(-3), notice];
    this.changed();
    if (!is_error) this.#endSoon(notice);
  }

  /** @param {Notice} notice */
  #endSoon(notice) {
    setTimeout(() => (notice.is_held ? this.#endSoon(notice) : this.dismiss(notice)), SHOWN_MS);
  }

  /** @param {any} error */
  failed(error) {
    if (error?.name === "AbortError") return;
    this.tell(error?.message || "Something went wrong.", { is_error: true });
  }

  /** @param {Notice} notice */
  dismiss(notice) {
    if (!this.shown.includes(notice)) return;
    this.shown = this.shown.filter((other) => other !== notice);
    this.changed();
  }

  /** @param {string} text */
  say(text) {
    this.spoken = text;
    this.changed();
  }
}

export const notices = new Notices();
