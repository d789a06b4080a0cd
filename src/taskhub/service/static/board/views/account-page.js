import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { field, heading, submitted } from "./parts.js";
import { topBar } from "./top-bar.js";

/** Name, time zone and password of whoever is signed in. */
class AccountPage extends View {
  connected() {
    this.follow(session);
  }

  render() {
    const user = /** @type {import("../core/session.js").User} */ (session.user);
    if (!user) return null;
    return [
      topBar(),
      h(
        "main",
        { id: "main", class: "narrow" },
        heading("Your account"),
        h("p", { class: "muted" }, user.email),
        h(
          "form",
          { class: "card-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#save(event) },
          field("Name", h("input", { id: "name", name: "name", required: true, value: user.name, autocomplete: "name" })),
          field("Time zone", timeZones(user.time_zone), { hint: "Due times are shown in it." }),
          h("button", { type: "submit", class: "primary" }, "Save"),
        ),
        h(
          "form",
          { class: "card-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#changePassword(event) },
          h("h2", {}, "Password"),
          field("Current password", h("input", { id: "current", name: "current", type: "password", required: true, autocomplete: "current-password" })),
          field("New password", h("input", { id: "new", name: "new", type: "password", required: true, minlength: "12", autocomplete: "new-password" }), {
            hint: "At least 12 characters. Your other sessions end.",
          }),
          h("button", { type: "submit" }, "Change password"),
        ),
      ),
    ];
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    const { name, time_zone } = submitted(event);
    const version = `"${session.user?.version}"`;
    try {
      const body = { name, time_zone: time_zone || null };
      session.renew(await (await session.send("PATCH", "/v1/users/me", { body, headers: { "if-match": version } })).json());
      notices.tell("Saved.");
    } catch (error) {
      notices.failed(error);
    }
  }

  /** @param {SubmitEvent} event */
  async #changePassword(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { current, new: new_password } = submitted(event);
    try {
      await session.send("PUT", "/v1/users/me/password", { body: { current_password: current, new_password } });
      form.reset();
      notices.tell("The password was changed.");
    } catch (error) {
      notices.failed(error);
    }
  }
}

/** @param {string | null} chosen */
export function timeZones(chosen) {
  const known = /** @type {any} */ (Intl).supportedValuesOf?.("timeZone") ?? [];
  const zones = [...new Set([...(chosen ? [chosen] : ["UTC"]), "UTC", ...known])];
  return h("select", { id: "time_zone", name: "time_zone", value: chosen ?? "UTC" }, zones.map((zone) => h("option", { value: zone }, zone)));
}

customElements.define("account-page", AccountPage);
