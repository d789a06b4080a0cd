import { Observable } from "./observable.js";

const ROOT = "/board";

/** Where the page is. Everything that a view can be found by again is in the address, so that it can be shared. */
class Router extends Observable {
  constructor() {
    super();
    addEventListener("popstate", () => this.changed());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  /** @returns {string[]} The parts of the path below `/board`. */
  get parts() {
    return location.pathname.slice(ROOT.length).split("/").filter(Boolean).map(decoded);
  }

  get query() {
    return new URLSearchParams(location.search);
  }

  /**
   * @param {string} address
   * @param {{replaces?: boolean}} [options]
   */
  go(address, { replaces = false } = {}) {
    if (replaces) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    if (!replaces) scrollTo(0, 0);
    this.changed();
  }

  /** @param {URLSearchParams} query */
  search(query) {
    const text = query.toString();
    this.go(location.pathname + (text && `?${text}`), { replaces: true });
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = /** @type {Element} */ (event.target).closest?.("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || !link.pathname.startsWith(ROOT) || link.target) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}

export const router = new Router();

/** @param {string} part as it stands in an address, which may be wrong. */
export function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * @param {...string} parts
 * @returns {string} An address below `/board`.
 */
export function address(...parts) {
  return [ROOT, ...parts.map(encodeURIComponent)].join("/");
}
