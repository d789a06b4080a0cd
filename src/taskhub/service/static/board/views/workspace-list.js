import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { empty, failed, field, heading, loading, submitted } from "./parts.js";
import { topBar } from "./top-bar.js";

/** The workspaces of whoever is signed in. */
class WorkspaceList extends View {
  /** @type {import("../core/types.js").WorkspaceInfo[] | null} */
  #workspaces = null;
  /** @type {Error | null} */
  #error = null;

  connected() {
    this.follow(session);
    this.#load();
  }

  async #load() {
    try {
      this.#error = null;
      this.#workspaces = [];
      let cursor = "";
      do {
        const page = await (await session.send("GET", "/v1/workspaces", { query: { limit: 200, cursor } })).json();
        this.#workspaces.push(...page.items);
        cursor = page.next_cursor ?? "";
      } while (cursor);
    } catch (error) {
      this.#workspaces = null;
      this.#error = /** @type {Error} */ (error);
    }
    this.update();
  }

  render() {
    return [topBar(), h("main", { id: "main", class: "middle" }, heading("Workspaces"), this.#content())];
  }

  #content() {
    if (this.#error) return failed(this.#error, () => this.#load());
    if (!this.#workspaces) return loading();
    return [
      this.#workspaces.length === 0
        ? empty("No workspace yet", h("p", {}, "A workspace holds the projects of one team. Create your own, or follow an invitation."))
        : h("ul", { class: "tiles" }, this.#workspaces.map(tile)),
      h(
        "form",
        { class: "card-form row", onsubmit: (/** @type {SubmitEvent} */ event) => this.#create(event) },
        field("New workspace", h("input", { id: "workspace-name", name: "name", required: true, maxlength: "200", placeholder: "Name of the team" })),
        h("button", { type: "submit", class: "primary" }, "Create workspace"),
      ),
      h("p", { class: "aside" }, "You were given an invitation? ", h("a", { href: address("join") }, "Join a workspace")),
    ];
  }

  /** @param {SubmitEvent} event */
  async #create(event) {
    const { name } = submitted(event);
    try {
      const body = { name, time_zone: session.time_zone };
      const answer = await session.send("POST", "/v1/workspaces", { body });
      router.go(address((await answer.json()).id));
    } catch (error) {
      notices.failed(error);
    }
  }
}

/** @param {import("../core/types.js").WorkspaceInfo} workspace */
function tile(workspace) {
  return h(
    "li",
    { key: workspace.id },
    h("a", { class: "tile", href: address(workspace.id) }, h("strong", {}, workspace.name), h("span", { class: "muted" }, `You are ${workspace.role}`)),
  );
}

customElements.define("workspace-list", WorkspaceList);
