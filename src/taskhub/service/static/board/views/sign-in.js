import { h } from "../core/dom.js";
import { Refused, send } from "../core/http.js";
import { BROWSERS_ZONE, session } from "../core/session.js";
import { View } from "../core/view.js";
import { field, heading, submitted } from "./parts.js";

const SHORTEST_PASSWORD = 12;

/** Signs in, or registers. The address stays as it is: what it names is shown afterwards. */
class SignIn extends View {
  #is_new = false;
  #is_busy = false;
  /** @type {any} */
  #error = null;
  is_open = true;

  connected() {
    this.follow(session);
    send("GET", "/v1").then(async (answer) => {
      this.is_open = (await answer.json()).registration !== "closed";
      this.update();
    }, () => {});
  }

  render() {
    const errors = this.#error instanceof Refused ? this.#error.by_field : {};
    return h(
      "main",
      { id: "main", class: "narrow" },
      h("p", { class: "brand big" }, "TaskHub"),
      heading(this.#is_new ? "Create an account" : "Sign in"),
      session.ended && h("p", { class: "note", role: "status" }, session.ended),
      h(
        "form",
        { class: "card-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#submit(event) },
        this.#error && !Object.keys(errors).some((name) => ["name", "email", "password"].includes(name)) &&
          h("p", { class: "error", role: "alert" }, messageOf(this.#error)),
        this.#is_new &&
          field("Name", h("input", { id: "name", name: "name", required: true, autocomplete: "name", maxlength: "200" }), { error: errors.name }),
        field("Email", h("input", { id: "email", name: "email", type: "email", required: true, autocomplete: "username" }), { error: errors.email }),
        field(
          "Password",
          h("input", {
            id: "password",
            name: "password",
            type: "password",
            required: true,
            autocomplete: this.#is_new ? "new-password" : "current-password",
            minlength: this.#is_new ? String(SHORTEST_PASSWORD) : null,
          }),
          { error: errors.password, hint: this.#is_new ? `At least ${SHORTEST_PASSWORD} characters.` : "" },
        ),
        h("label", { class: "check" }, h("input", { type: "checkbox", name: "stays", checked: true }), "Keep me signed in on this device"),
        h("button", { type: "submit", class: "primary wide", disabled: this.#is_busy }, this.#is_new ? "Create account" : "Sign in"),
      ),
      (this.is_open || this.#is_new) &&
        h(
          "p",
          { class: "aside" },
          this.#is_new ? "You have an account already? " : "New here? ",
          h("button", { type: "button", class: "link", onclick: () => this.#turn() }, this.#is_new ? "Sign in" : "Create an account"),
        ),
    );
  }

  #turn() {
    this.#is_new = !this.#is_new;
    this.#error = null;
    this.update();
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    const { name, email, password, stays } = submitted(event);
    this.#is_busy = true;
    this.#error = null;
    this.update();
    try {
      if (this.#is_new) {
        await send("POST", "/v1/users", { body: { name, email, password, time_zone: BROWSERS_ZONE } });
      }
      await session.signIn(email, password, Boolean(stays));
    } catch (error) {
      this.#error = error;
    }
    this.#is_busy = false;
    this.update();
  }
}

/** @param {any} error */
function messageOf(error) {
  if (error.code === "invalid_credentials") return "No account has this email and password.";
  if (error.code === "email_taken") return "There is an account with this email already: sign in.";
  if (error.code === "rate_limited") return `Too many tries. Try again in ${error.retry_after ?? 60} seconds.`;
  return error.message;
}

customElements.define("sign-in", SignIn);
