import { ago, dateAndTime } from "../core/dates.js";
import { h } from "../core/dom.js";
import { newId } from "../core/ids.js";
import { markdown } from "../core/markdown.js";
import { notices } from "../core/notices.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { contextOf, withIds, withNames } from "./mentions.js";
import { avatar } from "./parts.js";
import "./mention-input.js";

/** @typedef {import("../core/types.js").Comment} Comment */

/** What was said about a task, oldest first. */
class TaskComments extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {import("../core/types.js").Task} */
  task;
  may = false;
  /** @type {Comment | null} The comment that is being written anew, as it was. */
  #edited = null;
  #text = "";
  #is_loaded = false;
  /** What was written here before, and not sent. */
  #draft = "";

  connected() {
    this.follow(this.workspace);
    this.#draft = this.workspace.drafts.get(this.task.id) ?? "";
    this.#load();
  }

  async #load() {
    try {
      for (const comment of await this.workspace.all(`tasks/${this.task.id}/comments`)) this.workspace.take("comment", comment);
      this.#is_loaded = true;
    } catch (error) {
      if (!this.task.deleted_at) notices.failed(error);
    }
    this.update();
  }

  render() {
    const comments = this.workspace.commentsOf(this.task.id);
    return h(
      "section",
      { "aria-labelledby": "comments-title" },
      h("div", { class: "section-head" }, h("h2", { id: "comments-title" }, "Comments")),
      comments.length === 0 && h("p", { class: "muted" }, this.#is_loaded ? "No comments." : "Loading…"),
      h("ol", { class: "comments" }, comments.map((comment) => this.#comment(comment))),
      this.may && this.#form(),
    );
  }

  /** @param {Comment} comment */
  #comment(comment) {
    const { workspace } = this;
    const name = workspace.nameOf(comment.author_id);
    const is_mine = comment.author_id === session.user?.id;
    return h(
      "li",
      { key: comment.id, class: comment.version ? "comment" : "comment is-new" },
      avatar(name, comment.author_id),
      h(
        "article",
        { "aria-label": `Comment by ${name}` },
        h(
          "p",
          { class: "comment-head" },
          h("strong", {}, name),
          " ",
          h("time", { datetime: comment.created_at, title: dateAndTime(comment.created_at), class: "muted" }, ago(comment.created_at)),
          comment.edited_at && h("span", { class: "muted" }, " (edited)"),
          h("span", { class: "grow" }),
          this.may && is_mine && h("button", { type: "button", class: "quiet", onclick: () => this.#edit(comment) }, "Edit"),
          this.may && (is_mine || workspace.may("admin")) && h("button", { type: "button", class: "quiet", onclick: () => this.#remove(comment) }, "Delete"),
        ),
        this.#edited?.id === comment.id ? this.#editor(comment) : h("div", { class: "markdown" }, markdown(comment.body, contextOf(workspace))),
      ),
    );
  }

  #form() {
    return h(
      "form",
      { class: "comment-form", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), this.#send()) },
      h("mention-input", {
        workspace: this.workspace, name: "new-comment", label: "New comment", placeholder: "Write a comment. @ mentions somebody.", submit: () => this.#send(),
        begin: this.#draft, changed: (/** @type {string} */ text) => this.workspace.drafts.set(this.task.id, text),
      }),
      h("button", { class: "primary" }, "Comment"),
    );
  }

  /** @param {Comment} comment */
  #editor(comment) {
    return h(
      "form",
      { onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), this.#save()) },
      h("mention-input", {
        workspace: this.workspace, name: `edit-${comment.id}`, label: "Comment", begin: this.#text, is_focused: true,
        submit: () => this.#save(), cancel: () => this.#edit(null),
      }),
      h("div", { class: "buttons" }, h("button", { class: "primary" }, "Save"), h("button", { type: "button", onclick: () => this.#edit(null) }, "Cancel")),
    );
  }

  /** @param {Comment} comment */
  #path(comment) {
    return `tasks/${this.task.id}/comments/${comment.id}`;
  }

  #send() {
    const input = /** @type {any} */ (this.querySelector(".comment-form mention-input"));
    const body = withIds(this.workspace, input.text.trim());
    if (!body) return;
    const id = newId();
    const overlay = { task_id: this.task.id, author_id: session.user?.id, created_at: new Date().toISOString(), edited_at: null };
    this.workspace.create("comment", `tasks/${this.task.id}/comments`, { id, body }, overlay).catch((error) => {
      notices.failed(error);
      const again = /** @type {any} */ (this.querySelector("#new-comment"));
      if (again && !again.value) again.value = withNames(this.workspace, body); // What was written is not lost.
    });
    input.clear();
    this.workspace.drafts.delete(this.task.id);
  }

  /** @param {Comment | null} comment */
  #edit(comment) {
    this.#edited = comment;
    this.#text = comment ? withNames(this.workspace, comment.body) : "";
    this.update();
  }

  #save() {
    const base = this.#edited;
    if (!base) return;
    const input = /** @type {any} */ (this.querySelector("article mention-input"));
    const body = withIds(this.workspace, input.text.trim());
    this.#edit(null);
    if (!body || body === base.body) return;
    this.workspace.edit("comment", this.#path(base), base, { body }).catch((error) => notices.failed(error));
  }

  /** @param {Comment} comment */
  #remove(comment) {
    if (!confirm("Delete this comment?")) return;
    this.workspace.act("comment", comment, { method: "DELETE", path: this.#path(comment) }).catch((error) => notices.failed(error));
  }
}

customElements.define("task-comments", TaskComments);
