import { stepped } from "../core/board-model.js";
import { notices } from "../core/notices.js";

/**
 * @typedef {import("../core/types.js").Task} Task
 * @typedef {import("../core/board-model.js").Place} Place
 * @typedef {{task: Task, place: Place}} Moving
 *
 * @typedef {object} Board What the keys act on.
 * @property {() => import("../core/types.js").Workflow} workflow
 * @property {() => Map<string, Task[]>} columns
 * @property {(id: string) => Task | undefined} task
 * @property {() => boolean} may_edit
 * @property {() => Moving | null} picked What was picked up with the keyboard.
 * @property {(task: Task, place: Place) => void} move Shows a task elsewhere.
 * @property {() => void} drop
 * @property {() => void} cancel
 * @property {(id: string | null) => void} focus
 * @property {(task: Task) => void} edit
 * @property {(status: string) => void} add
 * @property {(task: Task) => void} trash
 * @property {() => void} help
 */

const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];

/** What keys do while a card has the focus. */
export class CardKeys {
  /** @param {Board} board */
  constructor(board) {
    this.board = board;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.("a.card-title"));
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const task = this.board.task(link.dataset.task ?? "");
    if (!task) return;
    const picked = this.board.picked();
    const is_done = picked ? this.#movePicked(event.key, picked) : this.#pressOn(task, event.key);
    if (is_done) event.preventDefault();
  }

  /**
   * @param {Task} task
   * @param {string} key
   */
  #pressOn(task, key) {
    if (ARROWS.includes(key)) this.#go(task, key);
    else if (key === "/") document.getElementById("search")?.focus();
    else if (key === "?") this.board.help();
    else if (!this.board.may_edit()) return false;
    else if (key === " ") this.#pickUp(task);
    else if (key === "e" || key === "F2") this.board.edit(task);
    else if (key === "n") this.board.add(task.status);
    else if (key === "Delete") this.board.trash(task);
    else return false;
    return true;
  }

  /**
   * @param {Task} task
   * @param {string} direction
   */
  #go(task, direction) {
    const columns = [...this.board.columns().values()];
    const x = columns.findIndex((column) => column.some((other) => other.id === task.id));
    const y = columns[x].findIndex((other) => other.id === task.id);
    if (direction === "ArrowUp" || direction === "ArrowDown") {
      return this.board.focus(columns[x][y + (direction === "ArrowUp" ? -1 : 1)]?.id ?? task.id);
    }
    const step = direction === "ArrowLeft" ? -1 : 1;
    for (let at = x + step; at >= 0 && at < columns.length; at += step) {
      if (columns[at].length > 0) return this.board.focus(columns[at][Math.min(y, columns[at].length - 1)].id);
    }
  }

  /** @param {Task} task */
  #pickUp(task) {
    const column = this.board.columns().get(task.status) ?? [];
    const place = { status: task.status, before: column[column.findIndex((other) => other.id === task.id) + 1]?.id ?? null };
    this.board.move(task, place);
    this.#tell("Picked up", { task, place });
  }

  /**
   * @param {string} key
   * @param {Moving} picked
   */
  #movePicked(key, { task, place }) {
    if (ARROWS.includes(key)) {
      const next = stepped(this.board.workflow(), this.board.columns(), task, place, /** @type {any} */ (key));
      this.board.move(task, next);
      this.#tell("Moved", { task, place: next });
    } else if (key === " " || key === "Enter") {
      this.#tell("Put down", { task, place });
      this.board.focus(task.id);
      this.board.drop();
    } else if (key === "Escape") {
      this.board.focus(task.id);
      this.board.cancel();
      notices.say("Put back.");
    } else return key !== "Tab";
    return true;
  }

  /**
   * @param {string} what
   * @param {Moving} moving
   */
  #tell(what, { task, place }) {
    const others = (this.board.columns().get(place.status) ?? []).filter((other) => other.id !== task.id);
    const index = place.before === null ? others.length : others.findIndex((other) => other.id === place.before);
    const status = this.board.workflow().statuses.find((one) => one.key === place.status)?.name;
    notices.say(`${what}: ${task.title}. ${status}, ${index + 1} of ${others.length + 1}.`);
  }
}
