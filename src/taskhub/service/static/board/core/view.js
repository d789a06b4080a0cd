import { draw } from "./dom.js";

/** @typedef {import("./dom.js").Child} Child */

/** An element that draws itself from what it follows. Its properties are set by whoever describes it with `h`. */
export class View extends HTMLElement {
  #is_scheduled = false;
  #is_live = false;
  /** @type {(() => void)[]} */
  #ends = [];

  connectedCallback() {
    if (!this.#is_live) {
      this.#is_live = true;
      this.connected();
    }
    this.update();
  }

  disconnectedCallback() {
    // An element that is moved is back at once, and has lost nothing.
    queueMicrotask(() => {
      if (this.isConnected || !this.#is_live) return;
      this.#is_live = false;
      for (const end of this.#ends.splice(0)) end();
      this.disconnected();
    });
  }

  /** Called when the element comes into the document. */
  connected() {}

  disconnected() {}

  /**
   * Draws again whenever it changes, as long as the element is in the document.
   *
   * @param {import("./observable.js").Observable} observable
   */
  follow(observable) {
    this.#ends.push(observable.subscribe(() => this.update()));
  }

  /** @param {() => void} end Called when the element leaves the document. */
  ending(end) {
    this.#ends.push(end);
  }

  /** Draws again soon: several calls in a row draw once. */
  update() {
    if (this.#is_scheduled) return;
    this.#is_scheduled = true;
    queueMicrotask(() => {
      this.#is_scheduled = false;
      if (!this.isConnected) return;
      draw(this, this.render());
      this.drawn();
    });
  }

  /** @returns {Child} */
  render() {
    return null;
  }

  /** Called after each drawing. */
  drawn() {}
}
