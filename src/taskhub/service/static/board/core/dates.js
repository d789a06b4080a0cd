import { session } from "./session.js";

const DAY_MS = 86_400_000;

/** Making one takes longer than drawing a card. @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @param {string} [locale] that of the reader, if it is not given.
 */
function format(options, locale) {
  const all = { timeZone: session.time_zone, ...options };
  const name = JSON.stringify([locale, all]);
  const found = formats.get(name) ?? new Intl.DateTimeFormat(locale, all);
  formats.set(name, found);
  return found;
}

/** @param {string} instant RFC 3339 */
export function dateAndTime(instant) {
  return format({ dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}

/** @param {string} instant */
export function ago(instant) {
  // Of the past: what seems not to be, is the clocks' doing.
  const seconds = Math.min(0, (Date.parse(instant) - Date.now()) / 1000);
  const units = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([["day", 86_400], ["hour", 3600], ["minute", 60]]);
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) {
      if (unit === "day" && Math.abs(seconds) > 7 * size) return dateAndTime(instant);
      return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
    }
  }
  return "just now";
}

/** @param {Date} [now] The date of today for the reader, as `YYYY-MM-DD`. */
export function today(now = new Date()) {
  return format({ dateStyle: "short" }, "en-CA").format(now);
}

/**
 * When a task is due, in the reader's time zone. What is due all day has the same date everywhere.
 *
 * @param {{due: import("./types.js").Due | null, due_at: string | null}} task
 */
export function dueFields({ due, due_at }) {
  if (!due) return { date: "", time: "" };
  if (!due_at || !due.time) return { date: due.date, time: due.time?.slice(0, 5) ?? "" };
  const at = new Date(due_at);
  const time = format({ hour: "2-digit", minute: "2-digit" }, "en-GB").format(at);
  return { date: today(at), time };
}

/**
 * @param {{due: import("./types.js").Due | null, due_at: string | null, closed_at?: string | null}} task
 */
export function dueText(task) {
  const { date, time } = dueFields(task);
  if (!date) return null;
  const days = Math.round((Date.parse(date) - Date.parse(today())) / DAY_MS);
  const names = /** @type {Record<string, string>} */ ({ 0: "Today", 1: "Tomorrow", "-1": "Yesterday" });
  const is_this_year = date.slice(0, 4) === today().slice(0, 4);
  const long = format({ timeZone: "UTC", month: "short", day: "numeric", ...(is_this_year ? {} : { year: "numeric" }) })
    .format(new Date(`${date}T00:00:00Z`));
  const is_over = task.due_at ? Date.parse(task.due_at) < Date.now() : days < 0;
  return { text: (names[days] ?? long) + (time && `, ${time}`), is_late: is_over && !task.closed_at, is_soon: days >= 0 && days <= 1 };
}

/**
 * @param {string} date
 * @param {string} time empty: all day.
 * @returns {import("./types.js").Due | null}
 */
export function dueOf(date, time) {
  if (!date) return null;
  return time ? { date, time, time_zone: session.time_zone } : { date, time: null, time_zone: null };
}

/** @param {import("./types.js").Due | null} due In words, as it was entered. */
export function dueAsEntered(due) {
  if (!due) return "none";
  return [due.date, due.time?.slice(0, 5), due.time_zone].filter(Boolean).join(" ");
}
