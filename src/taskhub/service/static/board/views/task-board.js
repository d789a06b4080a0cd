import { columnsOf, isAllowed, moveBody } from "../core/board-model.js";
import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { Memo } from "../core/memo.js";
import { notices } from "../core/notices.js";
import { View } from "../core/view.js";
import { CardDrag } from "./card-drag.js";
import { CardKeys } from "./card-keys.js";
import { keyboardHelp } from "./keyboard-help.js";
import { newTask, trashTask } from "./task-actions.js";
import { lookedAt, taskCard } from "./task-card.js";

/** @typedef {import("../core/types.js").Task} Task */

/** A project as columns of cards: dragged with a mouse, a finger or the keyboard. */
class TaskBoard extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Project} */
  project;
  /** @type {import("../core/task-list.js").TaskList} */
  list;
  /** The card that had the focus last. @type {string | null} */
  #current = null;
  /** The card to which the focus goes after the next drawing. @type {string | null} */
  #focused = null;
  /** A card that is being moved, and where it would go. @type {{task: Task, place: import("../core/board-model.js").Place, by: "keys" | "pointer"} | null} */
  #moving = null;
  /** The card whose title is being written, as it was before. @type {Task | null} */
  #edited = null;
  /** The column in which a task is being written. @type {string | null} */
  #adding = null;
  #shows_help = false;
  /** @type {Memo<import("../core/dom.js").Description>} */
  #cards = new Memo();

  connected() {
    this.follow(this.workspace);
    this.follow(this.list);
    const drag = new CardDrag(this, {
      mayDrag: (id) => this.#isOpen && this.#edited?.id !== id,
      over: (id, place) => this.#over(id, place),
      drop: () => this.#drop(),
      cancel: () => this.#cancel(),
    });
    this.ending(() => drag.end());
    const keys = new CardKeys({
      workflow: () => this.project.workflow,
      columns: () => this.#columns,
      task: (id) => this.workspace.task(id),
      may_edit: () => this.#isOpen,
      picked: () => (this.#moving?.by === "keys" ? this.#moving : null),
      move: (task, place) => this.#moveByKeys(task, place),
      drop: () => this.#drop(),
      cancel: () => this.#cancel(),
      focus: (id) => this.#focus(id),
      edit: (task) => this.#edit(task),
      add: (status) => this.#add(status),
      trash: (task) => trashTask(this.workspace, task),
      help: () => this.#help(true),
    });
    this.onkeydown = (event) => keys.press(event);
  }

  get #isOpen() {
    return this.workspace.may("member") && !this.project.archived_at;
  }

  get #columns() {
    return columnsOf(this.project.workflow, this.list.tasks);
  }

  render() {
    const columns = this.#columns;
    return [
      h(
        "div",
        { class: "columns" },
        this.project.workflow.statuses.map((status) => this.#column(status, columns.get(status.key) ?? [])),
      ),
      h("p", { class: "aside keys-hint" }, h("button", { type: "button", class: "link", onclick: () => this.#help(true) }, "Keyboard")),
      h("p", { id: "card-keys", class: "unseen" }, "Press Space to pick up a task, arrow keys to move it, Space again to put it down. Press ? for all keys."),
      this.#shows_help && keyboardHelp(() => this.#help(false)),
    ];
  }

  /**
   * @param {import("../core/types.js").Status} status
   * @param {Task[]} tasks
   */
  #column(status, tasks) {
    const moving = this.#moving;
    const is_target = moving?.place.status === status.key;
    const is_refused = moving && !isAllowed(this.project.workflow, moving.task.status, status.key);
    const cards = [];
    const shown = moving?.by === "keys" ? tasks.filter((task) => task.id !== moving.task.id) : tasks;
    const stop = shown.find((task) => task.id === this.#current)?.id ?? shown[0]?.id;
    for (const task of shown) {
      if (is_target && moving?.place.before === task.id) cards.push(this.#mark());
      cards.push(this.#card(task, status.key, task.id === stop));
    }
    if (is_target && moving?.place.before === null) cards.push(this.#mark());
    const count = tasks.length;
    return h(
      "section",
      {
        key: status.key, class: `column${is_target ? " is-target" : ""}${is_refused ? " is-refused" : ""}`, "data-status": status.key,
        "aria-label": `${status.name}, ${count} ${count === 1 ? "task" : "tasks"}`,
      },
      h("h2", { class: `column-head ${status.category}` }, status.name, h("span", { class: "count", "aria-hidden": "true" }, count)),
      h("ul", { class: "cards" }, cards),
      cards.length === 0 && h("p", { class: "column-empty" }, "No tasks"),
      this.#isOpen && this.#adder(status),
    );
  }

  /** Where the card that is being moved would go: with the keyboard it is there already. */
  #mark() {
    const moving = this.#moving;
    if (moving?.by === "keys") return this.#card(moving.task, moving.place.status, true);
    return h("li", { key: "mark", class: "drop-mark", "aria-hidden": "true" });
  }

  /**
   * @param {Task} task
   * @param {string} column
   * @param {boolean} is_stop Whether Tab leads to it: that goes from column to column, arrow keys go from card to card.
   */
  #card(task, column, is_stop) {
    const is_moving = this.#moving?.task.id === task.id;
    const edited = this.#edited?.id === task.id ? this.#edited.title : null;
    const inputs = [task, column, is_stop, is_moving, edited, this.#isOpen, ...lookedAt(this.workspace, task)];
    return this.#cards.of(task.id, inputs, () => taskCard(this.workspace, task, {
      is_stop,
      is_moving,
      edited,
      may_edit: this.#isOpen,
      focused: () => (this.#current = task.id),
      edit: () => this.#edit(task),
      save: (title) => this.#save(task.id, title),
    }));
  }

  /** @param {import("../core/types.js").Status} status */
  #adder(status) {
    if (this.#adding !== status.key) {
      return h("button", { key: "add", type: "button", class: "add quiet", "data-add": status.key, onclick: () => this.#add(status.key) }, "+ Add task");
    }
    return h("input", {
      key: "new", class: "new-task", "aria-label": `New task in ${status.name}`, placeholder: "What is to be done?", maxlength: "500",
      ref: (/** @type {HTMLInputElement} */ input) => setTimeout(() => input.focus()),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#newKey(event, status.key),
      onblur: (/** @type {any} */ event) => this.#stopAdding(event.target, status.key),
    });
  }

  // -- new tasks and titles -----------------------------------------------------------------------------

  /** @param {string | null} status */
  #add(status) {
    this.#adding = status;
    this.update();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} status
   */
  #newKey(event, status) {
    event.stopPropagation();
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Escape") {
      input.value = "";
      input.blur();
      if (this.#current) this.#focus(this.#current);
      else setTimeout(() => /** @type {HTMLElement | null} */ (this.querySelector(`[data-add="${status}"]`))?.focus());
    }
    if (event.key === "Enter" && !event.isComposing && input.value.trim()) {
      this.#create(input.value.trim(), status);
      input.value = "";
    }
  }

  /**
   * @param {HTMLInputElement} input
   * @param {string} status
   */
  #stopAdding(input, status) {
    if (input.value.trim()) this.#create(input.value.trim(), status);
    if (this.#adding === status) this.#add(null);
  }

  /**
   * @param {string} title
   * @param {string} status
   */
  #create(title, status) {
    const id = newId();
    this.list.add(id);
    this.#current = id;
    newTask(this.workspace, this.project, { id, title, status });
    this.update();
  }

  /** @param {Task | null} task */
  #edit(task) {
    this.#edited = task;
    this.update();
  }

  /**
   * @param {string} id
   * @param {string | null} title null: as it was.
   */
  #save(id, title) {
    const base = this.#edited;
    if (base?.id !== id) return;
    this.#edited = null;
    const text = title?.trim();
    if (text && text !== base.title) this.workspace.edit("task", `tasks/${id}`, base, { title: text }).catch((error) => notices.failed(error));
    this.#focus(id);
  }

  // -- moving -------------------------------------------------------------------------------------------

  /**
   * @param {string} id
   * @param {import("../core/board-model.js").Place | null} place
   */
  #over(id, place) {
    const task = this.workspace.task(id);
    if (!task) return;
    const here = { status: task.status, before: this.#after(task) };
    const is_allowed = place && isAllowed(this.project.workflow, task.status, place.status);
    this.#moving = { task, place: is_allowed ? place : here, by: "pointer" };
    this.update();
  }

  /**
   * @param {Task} task
   * @param {import("../core/board-model.js").Place} place
   */
  #moveByKeys(task, place) {
    this.#moving = { task, place, by: "keys" };
    this.#focus(task.id);
  }

  /** @param {Task} task */
  #after(task) {
    const column = this.#columns.get(task.status) ?? [];
    return column[column.findIndex((other) => other.id === task.id) + 1]?.id ?? null;
  }

  #cancel() {
    this.#moving = null;
    this.update();
  }

  #drop() {
    const moving = this.#moving;
    this.#cancel();
    if (!moving) return;
    const { task, place } = moving;
    const body = moveBody(this.#columns, task, place);
    if (!body) return;
    this.list.place(task.id, place.before ?? this.#nextInOrder(body.after));
    const category = this.project.workflow.statuses.find((one) => one.key === place.status)?.category;
    const overlay = body.status ? { status: body.status, status_category: category } : {};
    const fields = body.status ? ["status"] : [];
    this.workspace.act("task", task, { method: "POST", path: `tasks/${task.id}/move`, body, overlay, fields }).catch((error) => {
      notices.failed(error);
      this.list.refreshSoon();
    });
  }

  /**
   * The task of any column that comes after another one.
   *
   * @param {string | undefined} id
   */
  #nextInOrder(id) {
    return id ? (this.list.ids[this.list.ids.indexOf(id) + 1] ?? null) : null;
  }

  // -- focus --------------------------------------------------------------------------------------------

  /** @param {string | null} id */
  #focus(id) {
    this.#focused = id;
    if (id) this.#current = id;
    this.update();
  }

  drawn() {
    this.#cards.turn();
    if (!this.#focused) return;
    const link = /** @type {HTMLElement | null} */ (this.querySelector(`a[data-task="${this.#focused}"]`));
    this.#focused = null;
    link?.focus();
    link?.closest("li")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {boolean} is_shown */
  #help(is_shown) {
    this.#shows_help = is_shown;
    if (is_shown) this.update();
    else this.#focus(this.#current);
  }
}

customElements.define("task-board", TaskBoard);
