import { h } from "../core/dom.js";
import { notices } from "../core/notices.js";
import { address, router } from "../core/router.js";
import { session } from "../core/session.js";

/** The head of pages that belong to no workspace. */
export function topBar() {
  return h(
    "header",
    { class: "top" },
    h("a", { class: "brand", href: address() }, "TaskHub"),
    h("span", { class: "grow" }),
    session.is_signed_in && [
      h("a", { href: address("account") }, session.user?.name),
      h("button", { type: "button", class: "quiet", onclick: () => session.signOut().then(() => router.go(address()), (error) => notices.failed(error)) }, "Sign out"),
    ],
  );
}
