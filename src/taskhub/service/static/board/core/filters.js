import { session } from "./session.js";
import { today } from "./dates.js";

/** Filters as they stand in the address. They have the names of the API's parameters, but for `due`. */
export const FILTERS = ["q", "assignee_id", "label_id", "priority", "status", "due", "blocked", "closed", "parent_id"];
export const DUE = { late: "Overdue", today: "Due today", week: "Due within 7 days" };
const SORTS = ["key", "-key", "priority", "-priority", "due", "-due", "updated_at", "-updated_at", "created_at", "-created_at", "rank"];

/** @param {URLSearchParams} address */
export function isFiltered(address) {
  return FILTERS.some((name) => address.get(name));
}

/**
 * What to ask the service for.
 *
 * @param {URLSearchParams} address
 * @returns {import("./http.js").Query}
 */
export function queryOf(address) {
  /** @type {import("./http.js").Query} */
  const query = {};
  for (const name of FILTERS) if (name !== "due" && address.get(name)) query[name] = address.getAll(name);
  return { ...query, ...dueQuery(address.get("due")) };
}

/**
 * @param {URLSearchParams} address
 * @param {string} otherwise
 */
export function sortOf(address, otherwise) {
  const sort = address.get("sort") ?? "";
  return SORTS.includes(sort) ? sort : otherwise;
}

/** @param {string | null} due */
function dueQuery(due) {
  const time_zone = session.time_zone;
  if (due === "late") return { due_before: new Date().toISOString(), closed: "false" };
  if (due === "today") return { due_after: today(), due_before: dayFromNow(1), time_zone };
  if (due === "week") return { due_after: today(), due_before: dayFromNow(8), time_zone };
  return {};
}

/** @param {number} days */
function dayFromNow(days) {
  const day = new Date(`${today()}T12:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
