import { decoded } from "./router.js";

/**
 * Secrets that come in a link stand in its fragment, which browsers send to nobody. They leave the address at once.
 *
 * @type {Map<string, string>} By the last part of the path.
 */
const taken = new Map();
const PAGES = new Set(["join", "sign-in"]);

/**
 * @param {string} page
 * @returns {string} What came with the link to it; empty if nothing did.
 */
export function secretOf(page) {
  take();
  return taken.get(page) ?? "";
}

/** @param {string} page Its secret was used. */
export function forgetSecretOf(page) {
  taken.delete(page);
}

function take() {
  const page = location.pathname.split("/").pop() ?? "";
  if (!PAGES.has(page) || location.hash.length < 2) return;
  taken.set(page, decoded(location.hash.slice(1)));
  history.replaceState(null, "", location.pathname);
}

take();
