import { Observable } from "./observable.js";

const SHOWN_MS = 8000;

/** @typedef {{id: number, text: string, is_error: boolean, action?: {name: string, run: () => void}}} Notice */

/** What the page tells in passing, and what it reads out to those who don't see it. */
class Notices extends Observable {
  /** @type {Notice[]} */
  shown = [];
  /** What screen readers are told beside that. */
  spoken = "";
  #last = 0;

  /**
   * @param {string} text
   * @param {{is_error?: boolean, action?: {name: string, run: () => void}}} [options]
   */
  tell(text, { is_error = false, action } = {}) {
    const notice = { id: (this.#last += 1), text, is_error, action };
    this.shown = [...this.shown.slice(-3), notice];
    this.changed();
    if (!is_error) setTimeout(() => this.dismiss(notice), SHOWN_MS);
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
