import { h } from "../core/dom.js";
import { forgetSecretOf, secretOf } from "../core/fragment.js";
import { send } from "../core/http.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { heading } from "./parts.js";

const PAGE = "sign-in";

/** Goes on with a session whose refresh token came in a link. Nobody is signed in by a link alone, as somebody else, without noticing. */
class SignInLink extends View {
  /** @type {any} */
  #error = null;
  #is_busy = false;

  connected() {
    this.follow(session);
    const again = () => this.update();
    addEventListener("hashchange", again);
    this.ending(() => removeEventListener("hashchange", again));
  }

  render() {
    const token = secretOf(PAGE);
    return h(
      "main",
      { id: "main", class: "narrow" },
      h("p", { class: "brand big" }, "TaskHub"),
      heading("Sign in by a link"),
      this.#error && h("p", { class: "error", role: "alert" }, "This link was used already, or has expired."),
      token
        ? [
            session.is_signed_in && h("p", { class: "note" }, `You are signed in as ${session.user?.email}. The link may be of another account.`),
            h("button", { type: "button", class: "primary wide", disabled: this.#is_busy, onclick: () => this.#signIn(token) }, "Sign in"),
          ]
        : h("p", {}, h("a", { href: address() }, "To the board")),
    );
  }

  /** @param {string} refresh_token */
  async #signIn(refresh_token) {
    this.#is_busy = true;
    this.update();
    try {
      const tokens = await (await send("POST", "/v1/sessions/refresh", { body: { refresh_token } })).json();
      await session.start(tokens, true);
      forgetSecretOf(PAGE);
      router.go(address(), { replaces: true });
    } catch (error) {
      this.#error = error;
    }
    this.#is_busy = false;
    this.update();
  }
}

customElements.define("sign-in-link", SignInLink);
