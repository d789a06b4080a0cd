import { dateAndTime } from "../core/dates.js";
import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";
import { View } from "../core/view.js";
import { avatar, field, heading, select, submitted } from "./parts.js";

/** @typedef {import("../core/types.js").Member} Member */

const ROLES = [["viewer", "Viewer: reads"], ["member", "Member: works on tasks"], ["admin", "Admin: also manages"], ["owner", "Owner"]];

/** Who is in the workspace, and who is invited. */
class MembersPage extends View {
  /** @type {import("../core/workspace.js").Workspace} */
  workspace;
  /** @type {any[]} */
  #invitations = [];
  /** The invitation that was just made: it is shown once. */
  #made = "";

  connected() {
    this.follow(this.workspace);
    if (this.workspace.may("admin")) this.#load();
  }

  async #load() {
    try {
      this.#invitations = await this.workspace.all("invitations");
    } catch (error) {
      notices.failed(error);
    }
    this.update();
  }

  render() {
    const { workspace } = this;
    return h(
      "main",
      { id: "main", class: "middle" },
      heading("Members"),
      h("ul", { class: "rows" }, workspace.currentMembers.map((member) => this.#row(member))),
      workspace.may("admin") && this.#invite(),
      this.#invitations.length > 0 && [
        h("h2", {}, "Open invitations"),
        h("ul", { class: "rows" }, this.#invitations.map((one) => this.#invitation(one))),
      ],
    );
  }

  /** @param {Member} member */
  #row(member) {
    const { workspace } = this;
    const is_me = member.user_id === session.user?.id;
    const may = this.#mayChange(member);
    return h(
      "li",
      { key: member.user_id },
      avatar(member.name, member.user_id),
      h("span", { class: "who" }, h("strong", {}, member.name, is_me && " (you)"), h("span", { class: "muted" }, member.email)),
      h("span", { class: "grow" }),
      may
        ? select(this.#roles(), member.role ?? "", { "aria-label": `Role of ${member.name}`, onchange: (/** @type {any} */ event) => this.#change(member, event.target) })
        : h("span", { class: "muted" }, member.role),
      is_me && h("button", { type: "button", onclick: () => this.#remove(member, "Leave this workspace?") }, "Leave"),
      !is_me && may && h("button", { type: "button", onclick: () => this.#remove(member, `Remove ${member.name} from ${workspace.info.name}?`) }, "Remove"),
    );
  }

  /** @param {Member} member Admins change viewers and members, owners everybody. */
  #mayChange(member) {
    return this.workspace.may("owner") || (this.workspace.may("admin") && ["viewer", "member"].includes(member.role ?? ""));
  }

  #roles() {
    return this.workspace.may("owner") ? ROLES : ROLES.slice(0, 2);
  }

  /**
   * @param {Member} member
   * @param {HTMLSelectElement} input
   */
  async #change(member, input) {
    await this.#ask(async () => {
      const headers = { "if-match": `"${member.version}"` };
      const answer = await session.send("PATCH", this.workspace.path(`members/${member.user_id}`), { body: { role: input.value }, headers });
      this.workspace.members.set(member.user_id, await answer.json());
    });
    input.value = this.workspace.members.get(member.user_id)?.role ?? "";
  }

  /**
   * @param {Member} member
   * @param {string} question
   */
  async #remove(member, question) {
    if (!confirm(question)) return;
    await this.#ask(async () => {
      await session.send("DELETE", this.workspace.path(`members/${member.user_id}`));
      if (member.user_id === session.user?.id) return router.go(address());
      this.workspace.members.set(member.user_id, { ...member, role: null });
    });
  }

  #invite() {
    return h(
      "form",
      { class: "card-form", onsubmit: (/** @type {SubmitEvent} */ event) => this.#create(event) },
      h("h2", {}, "Invite somebody"),
      h(
        "div",
        { class: "row" },
        field("Role", select(this.#roles(), "member", { id: "role", name: "role" })),
        h("button", { class: "primary" }, "Create invitation"),
      ),
      this.#made &&
        h(
          "div",
          { role: "status" },
          field("Invitation", h("input", { id: "invitation", readonly: true, value: this.#made, onfocus: (/** @type {any} */ event) => event.target.select() }), {
            hint: "Hand this link over yourself. It is shown once, works once, and for 7 days.",
          }),
          h("button", { type: "button", onclick: () => this.#copy() }, "Copy link"),
        ),
    );
  }

  /** @param {SubmitEvent} event */
  async #create(event) {
    const { role } = submitted(event);
    await this.#ask(async () => {
      const made = await (await session.send("POST", this.workspace.path("invitations"), { body: { role } })).json();
      this.#made = `${location.origin}${address("join")}#${encodeURIComponent(made.token)}`;
      await this.#load();
    });
  }

  async #copy() {
    const input = /** @type {HTMLInputElement} */ (this.querySelector("#invitation"));
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      notices.tell("Copied.");
    } catch {
      notices.tell("The link is selected: copy it with the keyboard.");
    }
  }

  /** @param {any} invitation */
  #invitation(invitation) {
    const revoke = () =>
      this.#ask(async () => {
        await session.send("DELETE", this.workspace.path(`invitations/${invitation.id}`));
        await this.#load();
      });
    return h(
      "li",
      { key: invitation.id },
      h("span", { class: "who" }, h("strong", {}, `As ${invitation.role}`), h("span", { class: "muted" }, `by ${this.workspace.nameOf(invitation.created_by_id)}, until ${dateAndTime(invitation.expires_at)}`)),
      h("span", { class: "grow" }),
      h("button", { type: "button", onclick: revoke }, "Revoke"),
    );
  }

  /** @param {() => Promise<any>} work */
  async #ask(work) {
    try {
      await work();
    } catch (error) {
      notices.failed(error);
    }
    this.update();
  }
}

customElements.define("members-page", MembersPage);
