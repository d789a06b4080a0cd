const FAR_PX = 6;
const LONG_PRESS_MS = 300;
const EDGE_PX = 48;
const STEP_PX = 14;

/**
 * @typedef {object} Handlers
 * @property {(id: string) => boolean} mayDrag
 * @property {(id: string, place: import("../core/board-model.js").Place | null) => void} over
 * @property {() => void} drop
 * @property {() => void} cancel
 */

/** Drags cards with a mouse, at once, or with a finger, after a long press: a short one scrolls. */
export class CardDrag {
  /** @type {{id: string, card: HTMLElement, x: number, y: number, pointer: number} | null} */
  #pressed = null;
  /** @type {HTMLElement | null} */
  #ghost = null;
  #x = 0;
  #y = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #scroller;
  #listening = new AbortController();

  /**
   * @param {HTMLElement} board
   * @param {Handlers} handlers
   */
  constructor(board, handlers) {
    this.board = board;
    this.handlers = handlers;
    const { signal } = this.#listening;
    board.addEventListener("pointerdown", (event) => this.#down(event), { signal });
    addEventListener("pointermove", (event) => this.#move(event), { signal });
    addEventListener("pointerup", (event) => this.#up(event), { signal });
    addEventListener("pointercancel", () => this.#stop(false), { signal });
    addEventListener("keydown", (event) => event.key === "Escape" && this.#stop(false), { signal });
    board.addEventListener("touchmove", (event) => this.#ghost && event.preventDefault(), { signal, passive: false });
    board.addEventListener("contextmenu", (event) => this.#ghost && event.preventDefault(), { signal });
    board.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
  }

  end() {
    this.#stop(false);
    this.#listening.abort();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const target = /** @type {Element} */ (event.target);
    const card = /** @type {HTMLElement | null} */ (target.closest("[data-card]"));
    if (!card || event.button !== 0 || target.closest("button, input, textarea")) return;
    const id = card.dataset.card ?? "";
    if (!this.handlers.mayDrag(id)) return;
    this.#pressed = { id, card, x: event.clientX, y: event.clientY, pointer: event.pointerId };
    if (event.pointerType !== "mouse") this.#timer = setTimeout(() => this.#begin(), LONG_PRESS_MS);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.pointer) return;
    this.#x = event.clientX;
    this.#y = event.clientY;
    const is_far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > FAR_PX;
    if (!this.#ghost && is_far) {
      if (event.pointerType !== "mouse") return this.#stop(false);
      this.#begin();
    }
    if (this.#ghost) this.#over();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (this.#pressed?.pointer === event.pointerId) this.#stop(true);
  }

  #begin() {
    const pressed = this.#pressed;
    if (!pressed) return;
    const { width, left, top } = pressed.card.getBoundingClientRect();
    const ghost = /** @type {HTMLElement} */ (pressed.card.cloneNode(true));
    ghost.className = "card ghost";
    ghost.inert = true;
    ghost.removeAttribute("data-card");
    ghost.style.setProperty("width", `${width}px`);
    ghost.style.setProperty("left", `${left - pressed.x}px`);
    ghost.style.setProperty("top", `${top - pressed.y}px`);
    document.body.append(ghost);
    this.#ghost = ghost;
    this.#x ||= pressed.x;
    this.#y ||= pressed.y;
    this.#scroller = setInterval(() => this.#scroll(), 16);
    getSelection()?.removeAllRanges();
    this.board.classList.add("is-dragging");
    this.#over();
  }

  #over() {
    const pressed = this.#pressed;
    if (!pressed || !this.#ghost) return;
    this.#ghost.style.setProperty("transform", `translate(${this.#x}px, ${this.#y}px) rotate(1.5deg)`);
    this.handlers.over(pressed.id, this.#place(pressed.id));
  }

  /** @param {string} id */
  #place(id) {
    const column = document.elementFromPoint(this.#x, this.#y)?.closest(".column");
    if (!(column instanceof HTMLElement) || !this.board.contains(column)) return null;
    const cards = /** @type {HTMLElement[]} */ ([...column.querySelectorAll("[data-card]")]);
    const mark = column.querySelector(".drop-mark");
    const room = mark ? mark.getBoundingClientRect() : null;
    const next = cards.find((card) => {
      const { top, height } = card.getBoundingClientRect();
      // As if the mark took no room: it would push away the very card that it is moved past.
      const middle = top + height / 2 - (room && top > room.top ? room.height : 0);
      return card.dataset.card !== id && this.#y < middle;
    });
    return { status: column.dataset.status ?? "", before: next?.dataset.card ?? null };
  }

  /** Near an edge the columns scroll along, and the cards of a long one. */
  #scroll() {
    const columns = this.board.querySelector(".columns");
    const cards = document.elementFromPoint(this.#x, this.#y)?.closest(".column")?.querySelector(".cards");
    if (cards && this.board.contains(cards)) {
      const { top, bottom } = cards.getBoundingClientRect();
      const step = this.#y < top + EDGE_PX ? -STEP_PX : this.#y > bottom - EDGE_PX ? STEP_PX : 0;
      const before = cards.scrollTop;
      cards.scrollBy(0, step);
      if (cards.scrollTop !== before) return this.#over();
    }
    if (this.#x < EDGE_PX) columns?.scrollBy(-STEP_PX, 0);
    else if (this.#x > innerWidth - EDGE_PX) columns?.scrollBy(STEP_PX, 0);
    if (this.#y < EDGE_PX) scrollBy(0, -STEP_PX);
    else if (this.#y > innerHeight - EDGE_PX) scrollBy(0, STEP_PX);
    else if (this.#x >= EDGE_PX && this.#x <= innerWidth - EDGE_PX) return;
    this.#over();
  }

  /** @param {boolean} drops */
  #stop(drops) {
    clearTimeout(this.#timer);
    clearInterval(this.#scroller);
    this.#pressed = null;
    this.#x = this.#y = 0;
    if (!this.#ghost) return;
    this.#ghost.remove();
    this.#ghost = null;
    this.board.classList.remove("is-dragging");
    // The click that ends a drag opens nothing.
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
    if (drops) this.handlers.drop();
    else this.handlers.cancel();
  }
}

/** @param {Event} event */
function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}
