import { connection } from "../core/connection.js";
import { h } from "../core/dom.js";
import { Refused } from "../core/http.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { Workspace } from "../core/workspace.js";
import { avatar, failed, isWriting, loading, missing } from "./parts.js";
import { topBar } from "./top-bar.js";
import "./collision-dialog.js";
import "./labels-page.js";
import "./members-page.js";
import "./project-list.js";
import "./project-page.js";
import "./project-settings.js";
import "./task-page.js";
import "./trash-page.js";
import "./workspace-settings.js";

/** One workspace: opened once, for as long as its pages are shown. */
class WorkspacePage extends View {
  workspace_id = "";
  /** @type {string[]} */
  rest = [];
  /** @type {Workspace | null} */
  #workspace = null;
  /** @type {any} */
  #error = null;
  #is_open = false;

  connected() {
    this.#is_open = true;
    this.follow(router);
    this.follow(connection);
    this.#load();
    const warn = (/** @type {BeforeUnloadEvent} */ event) => {
      const { writes, drafts } = this.#workspace ?? {};
      if (writes?.waiting.length || [...(drafts?.values() ?? [])].some((text) => text.trim())) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    this.ending(() => removeEventListener("beforeunload", warn));
    const keys = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    addEventListener("keydown", keys);
    this.ending(() => removeEventListener("keydown", keys));
  }

  disconnected() {
    this.#is_open = false;
    this.#workspace?.close();
  }

  /** @param {KeyboardEvent} event Ctrl+Z and Ctrl+Shift+Z; where text is written, they are the browser's. */
  #key(event) {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["y", "z"].includes(key) || isWriting(event.target)) return;
    if (!this.#workspace?.may("member") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) this.#workspace.undo.redo();
    else this.#workspace.undo.undo();
  }

  async #load() {
    try {
      this.#error = null;
      const workspace = await Workspace.open(this.workspace_id);
      if (!this.#is_open) return workspace.close();
      this.#workspace = workspace;
      this.follow(workspace);
    } catch (error) {
      this.#error = error;
    }
    this.update();
  }

  render() {
    const workspace = this.#workspace;
    if (workspace?.is_gone || (this.#error instanceof Refused && this.#error.status === 404)) return [topBar(), gone()];
    if (this.#error) return [topBar(), h("main", { id: "main", class: "middle" }, failed(this.#error, () => this.#load()))];
    if (!workspace) return [topBar(), h("main", { id: "main", class: "middle" }, loading("Opening the workspace"))];
    const collision = workspace.collisions.open[0];
    return [
      this.#bar(workspace),
      this.#page(workspace),
      collision && h("collision-dialog", { key: collision.write.key, workspace, collision }),
    ];
  }

  /** @param {Workspace} workspace */
  #bar(workspace) {
    const at = (/** @type {string} */ part) => (this.rest[0] ?? "projects") === part && !(part === "tasks" && this.rest[1]);
    const link = (/** @type {string} */ part, /** @type {string} */ name, query = "") =>
      h("a", { href: (part === "projects" ? address(workspace.id) : address(workspace.id, part)) + query, "aria-current": at(part) ? "page" : null }, name);
    return h(
      "header",
      { class: "top" },
      h("a", { class: "brand", href: address() }, "TaskHub"),
      h("a", { class: "workspace-name", href: address(workspace.id) }, workspace.info.name),
      h(
        "nav",
        { "aria-label": "Workspace" },
        link("projects", "Projects"),
        link("tasks", "My tasks", "?assignee_id=me&closed=false"),
        link("members", "Members"),
        link("labels", "Labels"),
        link("trash", "Trash"),
        link("settings", "Settings"),
      ),
      h("span", { class: "grow" }),
      this.#state(workspace),
      h("a", { class: "me", href: address("account"), title: "Your account" }, avatar(session.user?.name ?? "", session.user?.id ?? "")),
      h("button", { type: "button", class: "quiet roomy", onclick: () => signOut() }, "Sign out"),
    );
  }

  /** @param {Workspace} workspace */
  #state(workspace) {
    const count = workspace.writes.waiting.length;
    if (count > 0) return h("span", { class: "state is-waiting" }, `${count} ${count === 1 ? "change" : "changes"} to send`);
    if (connection.is_lost) return h("span", { class: "state is-waiting" }, "Offline");
    const { is_following } = workspace.live;
    return h("span", { class: is_following ? "state is-live" : "state" }, is_following ? "Live" : "Connecting…");
  }

  /** @param {Workspace} workspace */
  #page(workspace) {
    const [what, which, more] = this.rest;
    if (what === undefined) return h("project-list", { key: "projects", workspace });
    if (what === "projects" && which && more === "settings") return h("project-settings", { key: `settings ${which}`, workspace, of: which });
    if (what === "projects" && which) return h("project-page", { key: `project ${which}`, workspace, of: which });
    if (what === "tasks" && which) return h("task-page", { key: `task ${which}`, workspace, of: which });
    if (what === "tasks") return h("project-page", { key: "tasks", workspace, of: "" });
    if (what === "members") return h("members-page", { key: "members", workspace });
    if (what === "labels") return h("labels-page", { key: "labels", workspace });
    if (what === "trash") return h("trash-page", { key: "trash", workspace });
    if (what === "settings") return h("workspace-settings", { key: "settings", workspace });
    return missing("There is no such page", h("a", { href: address(workspace.id) }, "To the projects"));
  }
}

function gone() {
  return missing(
    "This workspace is not here",
    h("p", {}, "It was deleted, or you are not a member of it."),
    h("a", { href: address() }, "Your workspaces"),
  );
}

async function signOut() {
  try {
    await session.signOut();
    router.go(address());
  } catch (error) {
    notices.failed(error);
  }
}

customElements.define("workspace-page", WorkspacePage);
