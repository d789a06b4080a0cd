import { h } from "../core/dom.js";
import { forgetSecretOf, secretOf } from "../core/fragment.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { field, heading, submitted } from "./parts.js";
import { topBar } from "./top-bar.js";

/** Accepts an invitation. */
class InvitationPage extends View {
  /** @type {any} */
  #error = null;

  connected() {
    this.follow(session);
    const again = () => this.update();
    addEventListener("hashchange", again);
    this.ending(() => removeEventListener("hashchange", again));
  }

  render() {
    secretOf("join"); // Out of the address, also before anybody is signed in.
    if (!session.is_signed_in) {
      return [h("p", { class: "banner calm", role: "status" }, "Sign in or create an account to accept the invitation."), h("sign-in")];
    }
    return [
      topBar(),
      h(
        "main",
        { id: "main", class: "narrow" },
        heading("Join a workspace"),
        h(
          "form",
          { class: "card-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#accept(event) },
          this.#error && h("p", { class: "error", role: "alert" }, messageOf(this.#error)),
          field("Invitation", h("input", { id: "token", name: "token", required: true, autocomplete: "off", value: secretOf("join") }), {
            hint: "The link or the text that you were given.",
          }),
          h("button", { type: "submit", class: "primary wide" }, "Join"),
        ),
      ),
    ];
  }

  /** @param {SubmitEvent} event */
  async #accept(event) {
    const token = submitted(event).token.trim().split("#").pop();
    try {
      const before = new Set(await workspaceIds());
      await session.send("POST", "/v1/invitations/accept", { body: { token } });
      forgetSecretOf("join");
      const joined = (await workspaceIds()).find((id) => !before.has(id));
      router.go(joined ? address(joined) : address());
    } catch (error) {
      this.#error = error;
      this.update();
    }
  }
}

/** @returns {Promise<string[]>} */
async function workspaceIds() {
  const page = await (await session.send("GET", "/v1/workspaces", { query: { limit: 200 } })).json();
  return page.items.map((/** @type {{id: string}} */ workspace) => workspace.id);
}

/** @param {any} error */
function messageOf(error) {
  if (error.status === 404) return "This invitation was used already, has expired, or never existed. Ask for another one.";
  if (error.code === "already_member") return "You are a member of this workspace already.";
  return error.message;
}

customElements.define("invitation-page", InvitationPage);
