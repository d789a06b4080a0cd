import { h } from "./dom.js";

/**
 * @typedef {import("./dom.js").Child} Child
 * @typedef {{nameOf: (id: string) => string, taskAddress: (key: string) => string | null}} Context What mentions and keys refer to.
 */

const DEEPEST = 8;
const MOST_CLOSERS = 20;
const LONGEST_ADDRESS = 2000;
const SCHEME = /^\s*(?:https?|mailto):/i;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);
const AFTER_LINKS = new Set(".,;:!?'\")]*_~");
const SPECIAL = /[\\`*_~![<@hA-Z\n]/g;
const MENTION = /@([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/iy;
const KEY = /[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,9}(?![A-Za-z0-9])/y;
const BARE_LINK = /https?:\/\/[^\s<>"]{1,2000}/iy;
const MARKERS = /** @type {[string, string][]} */ ([["**", "strong"], ["__", "strong"], ["~~", "del"], ["*", "em"], ["_", "em"]]);

/**
 * The address of a link, if a click on it does nothing but open a page or a mail.
 *
 * @param {string} text
 */
export function safeAddress(text) {
  if (text.length > LONGEST_ADDRESS || !SCHEME.test(text)) return null;
  try {
    const url = new URL(text.trim());
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * Text with emphasis, code, links, mentions and keys of tasks. Nothing in it is ever HTML.
 *
 * @param {string} text
 * @param {Context} context
 * @param {number} [depth]
 * @returns {Child[]}
 */
export function inline(text, context, depth = 0) {
  const scan = new Scan(text, context, depth);
  while (scan.at < text.length) scan.step();
  return scan.finish();
}

class Scan {
  at = 0;
  #plain_from = 0;
  /** @type {Child[]} */
  #found = [];
  /** Where closers were found last, so that none is looked for twice. @type {Map<string, number>} */
  #closers = new Map();

  /**
   * @param {string} text
   * @param {Context} context
   * @param {number} depth
   */
  constructor(text, context, depth) {
    this.text = text;
    this.context = context;
    this.depth = depth;
  }

  step() {
    SPECIAL.lastIndex = this.at;
    const next = SPECIAL.exec(this.text);
    if (!next) {
      this.at = this.text.length;
      return;
    }
    this.at = next.index;
    const is_taken = this.depth < DEEPEST && this.#special(next[0]);
    if (!is_taken) this.at += 1;
  }

  finish() {
    this.#flush(this.text.length);
    return this.#found;
  }

  /**
   * @param {string} sign
   * @returns {boolean}
   */
  #special(sign) {
    switch (sign) {
      case "\\": return this.#escape();
      case "\n": return this.#put(1, h("br"));
      case "`": return this.#code();
      case "!": return this.text[this.at + 1] === "[" && this.#link(1);
      case "[": return this.#link(0);
      case "<": return this.#autolink();
      case "@": return this.#mention();
      case "h": return this.#bareLink();
      default: return /[A-Z]/.test(sign) ? this.#key() : this.#emphasis();
    }
  }

  #escape() {
    const next = this.text[this.at + 1];
    return next !== undefined && /[!-/:-@[-`{-~]/.test(next) && this.#put(2, next);
  }

  #code() {
    let size = 1;
    while (this.text[this.at + size] === "`") size += 1;
    const fence = "`".repeat(size);
    const end = this.#find(fence, this.at + size);
    if (end < 0) {
      this.at += size - 1;
      return false;
    }
    const code = this.text.slice(this.at + size, end).replace(/\n/g, " ");
    return this.#put(end + size - this.at, h("code", {}, code.trim() || code));
  }

  /** @param {number} offset 1 for an image, which becomes a link to it: nothing is loaded from elsewhere. */
  #link(offset) {
    const start = this.at + offset + 1;
    const middle = this.#find("](", start);
    const end = middle < 0 ? -1 : this.#find(")", middle + 2);
    if (end < 0) return false;
    const label = this.text.slice(start, middle);
    const address = end - middle > LONGEST_ADDRESS ? null : safeAddress(this.text.slice(middle + 2, end).split(/\s+["']/)[0]);
    if (address === null || /\n\n/.test(label)) return false;
    const shown = label.trim() ? inline(label, { ...this.context, taskAddress: () => null }, this.depth + 1) : [address];
    return this.#put(end + 1 - this.at, external(address, shown));
  }

  #autolink() {
    const end = this.#find(">", this.at + 1);
    const address = end < 0 ? null : safeAddress(this.text.slice(this.at + 1, end));
    return address !== null && this.#put(end + 1 - this.at, external(address, [address]));
  }

  #bareLink() {
    const found = this.#atWordStart() && withoutEnd(this.#match(BARE_LINK)?.[0] ?? "");
    const address = found ? safeAddress(found) : null;
    return Boolean(found) && address !== null && this.#put(/** @type {string} */ (found).length, external(address, [/** @type {string} */ (found)]));
  }

  #mention() {
    const found = this.#match(MENTION);
    return found !== null && this.#put(found[0].length, h("span", { class: "mention" }, `@${this.context.nameOf(found[1].toLowerCase())}`));
  }

  #key() {
    const found = this.#atWordStart() && this.#match(KEY);
    const address = found ? this.context.taskAddress(found[0]) : null;
    if (!found || !address) return false;
    return this.#put(found[0].length, h("a", { href: address }, found[0]));
  }

  #emphasis() {
    const [marker, tag] = MARKERS.find(([one]) => this.text.startsWith(one, this.at)) ?? ["", ""];
    if (!marker || (marker[0] === "_" && !this.#atWordStart())) return false;
    const start = this.at + marker.length;
    if (/\s|^$/.test(this.text[start] ?? "")) return false;
    let end = start;
    for (let tries = 0; tries < MOST_CLOSERS; tries += 1) {
      end = this.#find(marker, end + 1);
      if (end < 0) return false;
      const closes = !/\s/.test(this.text[end - 1]) && (marker[0] !== "_" || !/\w/.test(this.text[end + marker.length] ?? ""));
      if (closes) {
        const inner = inline(this.text.slice(start, end), this.context, this.depth + 1);
        return this.#put(end + marker.length - this.at, h(tag, {}, inner));
      }
    }
    return false;
  }

  #atWordStart() {
    return this.at === 0 || !/[\p{L}\p{N}_/-]/u.test(this.text[this.at - 1]);
  }

  /** @param {RegExp} pattern a sticky one. */
  #match(pattern) {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  /**
   * @param {string} closer
   * @param {number} from
   */
  #find(closer, from) {
    const known = this.#closers.get(closer) ?? 0;
    if (known < 0 || known >= from) return known;
    const found = this.text.indexOf(closer, from);
    this.#closers.set(closer, found);
    return found;
  }

  /**
   * @param {number} length of what is replaced.
   * @param {Child} child
   */
  #put(length, child) {
    this.#flush(this.at);
    this.#found.push(child);
    this.at += length;
    this.#plain_from = this.at;
    return true;
  }

  /** @param {number} end */
  #flush(end) {
    if (end > this.#plain_from) this.#found.push(this.text.slice(this.#plain_from, end));
  }
}

/** @param {string} link A link without what belongs to the sentence around it. */
function withoutEnd(link) {
  let end = link.length;
  while (AFTER_LINKS.has(link[end - 1])) end -= 1;
  return link.slice(0, end);
}

/**
 * @param {string} address
 * @param {Child[]} shown
 */
function external(address, shown) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, shown);
}
