import { h } from "../core/dom.js";
import { DUE, isFiltered } from "../core/filters.js";
import { router } from "../core/router.js";
import { session } from "../core/session.js";
import { PRIORITIES, select } from "./parts.js";

const PAUSE_MS = 250;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let typing;

/**
 * Search and filters. They stand in the address, so that a view can be shared.
 *
 * @param {import("../core/workspace.js").Workspace} workspace
 * @param {import("../core/types.js").Project | null} project
 */
export function filterBar(workspace, project) {
  const query = router.query;
  const members = workspace.currentMembers.filter((member) => member.user_id !== session.user?.id);
  const choose = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string[][]} */ options) =>
    select([["", label], ...options], query.get(name) ?? "", {
      class: query.get(name) ? "is-set" : "", "aria-label": label, onchange: (/** @type {any} */ event) => set(name, event.target.value),
    });
  return h(
    "form",
    { class: "filters", role: "search", "aria-label": "Filter tasks", onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
    h("input", {
      type: "search", id: "search", placeholder: "Search", "aria-label": "Search tasks", value: query.get("q") ?? "",
      oninput: (/** @type {any} */ event) => {
        clearTimeout(typing);
        const { value } = event.target;
        typing = setTimeout(() => set("q", value.trim()), PAUSE_MS);
      },
    }),
    choose("assignee_id", "Assignee", [["me", "Me"], ["none", "Nobody"], ...members.map((member) => [member.user_id, member.name])]),
    choose("label_id", "Label", [...workspace.labels.map((label) => [label.id, label.name]), ["none", "No label"]]),
    choose("priority", "Priority", Object.entries(PRIORITIES)),
    choose("due", "Due", Object.entries(DUE)),
    project && choose("status", "Status", project.workflow.statuses.map((status) => [status.key, status.name])),
    choose("closed", "Open or closed", [["false", "Open"], ["true", "Closed"]]),
    choose("blocked", "Blocked or not", [["true", "Blocked"], ["false", "Not blocked"]]),
    isFiltered(query) && h("button", { type: "button", class: "quiet", onclick: clear }, "Clear"),
  );
}

/**
 * @param {string} name
 * @param {string} value
 */
function set(name, value) {
  const query = router.query;
  if (value) query.set(name, value);
  else query.delete(name);
  router.search(query);
}

function clear() {
  const query = new URLSearchParams();
  for (const name of ["view", "sort"]) {
    const value = router.query.get(name);
    if (value) query.set(name, value);
  }
  const search = /** @type {HTMLInputElement | null} */ (document.getElementById("search"));
  if (search) search.value = "";
  router.search(query);
}
