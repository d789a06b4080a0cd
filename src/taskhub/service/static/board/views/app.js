import { connection } from "../core/connection.js";
import { h } from "../core/dom.js";
import { pauseAfter } from "../core/http.js";
import { notices } from "../core/notices.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { loading } from "./parts.js";
import "./account-page.js";
import "./invitation-page.js";
import "./sign-in.js";
import "./sign-in-link.js";
import "./workspace-list.js";
import "./workspace-page.js";

/** The page: what its address says, for whoever is signed in. */
class App extends View {
  #is_ready = false;
  #path = location.pathname;
  /** Why it is not known yet who is signed in. */
  #trouble = "";

  connected() {
    for (const one of [session, router, connection, notices]) this.follow(one);
    this.#resume();
  }

  async #resume() {
    for (let failures = 0; !this.#is_ready; failures += 1) {
      try {
        await session.resume();
        this.#is_ready = true;
      } catch (/** @type {any} */ error) {
        this.#trouble = error.message;
        this.update();
        await pauseAfter(error, failures);
      }
    }
    this.update();
  }

  render() {
    return [
      h("a", { class: "skip", href: "#main", onclick: skip }, "Skip to content"),
      connection.is_lost &&
        h("p", { key: "banner", class: "banner", role: "alert" }, "TaskHub can't be reached. What you change is kept here and sent as soon as it can be."),
      this.#is_ready ? this.#content() : h("main", { id: "main" }, loading(this.#trouble && `${this.#trouble} Trying again`)),
      h("div", { class: "notices", role: "status", "aria-live": "polite" }, notices.shown.map(noticeOf)),
      h("p", { key: "spoken", class: "unseen", "aria-live": "assertive" }, notices.spoken),
    ];
  }

  #content() {
    const [first, ...rest] = router.parts;
    if (first === "sign-in") return h("sign-in-link", { key: "link" });
    if (first === "join") return h("invitation-page", { key: "join" });
    if (!session.is_signed_in) return h("sign-in", { key: "sign-in" });
    const user = session.user?.id; // What somebody else has seen is drawn anew.
    if (first === undefined) return h("workspace-list", { key: `workspaces ${user}` });
    if (first === "account") return h("account-page", { key: `account ${user}` });
    return h("workspace-page", { key: `${first} ${user}`, workspace_id: first, rest });
  }

  drawn() {
    if (this.#path === location.pathname || !this.#is_ready) return;
    this.#path = location.pathname;
    // As after a page that was loaded: screen readers go on at its heading.
    queueMicrotask(() => setTimeout(() => document.querySelector("h1")?.focus({ preventScroll: true })));
  }
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.querySelector("h1")?.focus();
}

/** @param {import("../core/notices.js").Notice} notice */
function noticeOf(notice) {
  const { action } = notice;
  const hold = () => (notice.is_held = true);
  const release = () => (notice.is_held = false);
  const held = { onfocus: hold, onblur: release };
  return h(
    "div",
    { key: notice.id, class: notice.is_error ? "notice is-error" : "notice", onpointerenter: hold, onpointerleave: release },
    h("span", {}, notice.text),
    action &&
      h("button", { type: "button", class: "quiet", ...held, onclick: () => (notices.dismiss(notice), action.run()) }, action.name),
    h("button", { type: "button", class: "quiet", ...held, "aria-label": "Dismiss", onclick: () => notices.dismiss(notice) }, "✕"),
  );
}

customElements.define("board-app", App);
