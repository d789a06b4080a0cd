import { h } from "./dom.js";
import { inline } from "./markdown-inline.js";

/**
 * @typedef {import("./markdown-inline.js").Context} Context
 * @typedef {import("./dom.js").Child} Child
 * @typedef {Context & {level: number, turn?: (line: number) => void}} Page `level`: of the last heading.
 * @typedef {{text: string, number: number}} Line `number`: of the line in the whole text.
 * @typedef {{lines: string[], numbers: number[], at: number, depth: number, page: Page}} Reader
 */

const DEEPEST = 8;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])(?:[ \t]+|$)/;
const BOX = /^\[([ xX])\][ \t]+/;

/**
 * Describes Markdown as elements: headings, paragraphs, lists, quotations, code, rules, and what `inline` knows. What it does not know
 * (HTML, above all) is shown as the text that it is.
 *
 * @param {string} text
 * @param {Context} context
 * @param {(line: number) => void} [turn] called for the line whose box is ticked or not any more. Without it boxes are signs.
 * @returns {Child[]}
 */
export function markdown(text, context, turn) {
  // The page has its own headings of the first two levels.
  return blocks(linesOf(text).map((line, number) => ({ text: line, number })), { ...context, level: 2, turn }, 0);
}

/**
 * The text with the box in a line ticked, or not any more.
 *
 * @param {string} text
 * @param {number} line
 */
export function withBoxTurned(text, line) {
  const lines = linesOf(text);
  lines[line] = lines[line].replace(/\[([ xX])\]/, (_, sign) => (sign === " " ? "[x]" : "[ ]"));
  return lines.join("\n");
}

/** @param {string} text */
function linesOf(text) {
  return text.replace(/\r\n?/g, "\n").split("\n");
}

/**
 * @param {Line[]} lines
 * @param {Page} page
 * @param {number} depth
 * @returns {import("./dom.js").Description[]}
 */
function blocks(lines, page, depth) {
  /** @type {Reader} */
  const reader = { lines: lines.map((line) => line.text), numbers: lines.map((line) => line.number), at: 0, depth, page };
  const found = [];
  while (reader.at < lines.length) {
    if (reader.lines[reader.at].trim() === "") reader.at += 1;
    else found.push(block(reader));
  }
  return found;
}

/**
 * @param {Reader} reader
 * @returns {import("./dom.js").Description}
 */
function block(reader) {
  const line = reader.lines[reader.at];
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return fenced(reader);
  if (heading) {
    reader.at += 1;
    // None is skipped: screen readers go from level to level.
    const level = (reader.page.level = Math.min(heading[1].length + 2, reader.page.level + 1, 6));
    return h(`h${level}`, {}, inline(heading[2] ?? "", reader.page));
  }
  if (RULE.test(line)) {
    reader.at += 1;
    return h("hr");
  }
  if (reader.depth < DEEPEST && QUOTE.test(line)) return quotation(reader);
  if (reader.depth < DEEPEST && ITEM.test(line)) return list(reader);
  return paragraph(reader);
}

/** @param {Reader} reader */
function fenced(reader) {
  const fence = /** @type {RegExpExecArray} */ (FENCE.exec(reader.lines[reader.at]))[1];
  const code = [];
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at];
    if (FENCE.exec(line)?.[1].startsWith(fence) && line.trim() === FENCE.exec(line)?.[1]) {
      reader.at += 1;
      break;
    }
    code.push(line);
  }
  return h("pre", { tabindex: "0" }, h("code", {}, code.join("\n")));
}

/** @param {Reader} reader */
function quotation(reader) {
  const inner = [];
  while (reader.at < reader.lines.length && QUOTE.test(reader.lines[reader.at])) {
    inner.push({ text: reader.lines[reader.at].replace(QUOTE, ""), number: reader.numbers[reader.at] });
    reader.at += 1;
  }
  return h("blockquote", {}, blocks(inner, reader.page, reader.depth + 1));
}

/** @param {Reader} reader */
function list(reader) {
  const first = /** @type {RegExpExecArray} */ (ITEM.exec(reader.lines[reader.at]));
  const is_ordered = /\d/.test(first[2]);
  const items = [];
  while (reader.at < reader.lines.length) {
    const start = ITEM.exec(reader.lines[reader.at]);
    if (!start || /\d/.test(start[2]) !== is_ordered || RULE.test(reader.lines[reader.at])) break;
    items.push(item(reader, start[0].length, start[0]));
  }
  const number = is_ordered ? parseInt(first[2], 10) : 1;
  return h(is_ordered ? "ol" : "ul", number === 1 ? {} : { start: String(number) }, items);
}

/**
 * @param {Reader} reader
 * @param {number} indent
 * @param {string} marker
 */
function item(reader, indent, marker) {
  const number = reader.numbers[reader.at];
  const inner = [{ text: reader.lines[reader.at].slice(marker.length), number }];
  const push = (/** @type {string} */ text) => inner.push({ text, number: reader.numbers[reader.at] });
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at];
    const spaces = line.length - line.trimStart().length;
    if (line.trim() === "") {
      const next = reader.lines[reader.at + 1] ?? "";
      if (next.trim() === "" || next.length - next.trimStart().length < 2) break;
      push("");
    } else if (spaces >= 2) push(line.slice(Math.min(spaces, indent)));
    else if (ITEM.test(line) || FENCE.test(line) || HEADING.test(line) || QUOTE.test(line)) break;
    else push(line);
  }
  const next = nextText(reader);
  if (ITEM.test(reader.lines[next] ?? "")) reader.at = next;
  const sign = BOX.exec(inner[0].text);
  if (sign) inner[0].text = inner[0].text.slice(sign[0].length);
  const content = tight(blocks(inner, reader.page, reader.depth + 1));
  if (!sign) return h("li", {}, content);
  return h("li", { class: "box" }, box(reader.page, number, sign[1] !== " ", inner[0].text), " ", content);
}

/**
 * @param {Page} page
 * @param {number} line
 * @param {boolean} is_done
 * @param {string} text
 */
function box({ turn }, line, is_done, text) {
  if (turn) return h("input", { type: "checkbox", "aria-label": text, checked: is_done, onchange: () => turn(line) });
  return h("span", { role: "img", "aria-label": is_done ? "done" : "to do" }, is_done ? "☑" : "☐");
}

/**
 * @param {Reader} reader
 * @returns {number} The next line that is not empty.
 */
function nextText(reader) {
  let at = reader.at;
  while (at < reader.lines.length && reader.lines[at].trim() === "") at += 1;
  return at;
}

/**
 * A single paragraph in an item needs no element of its own.
 *
 * @param {any[]} content
 */
function tight(content) {
  return content[0]?.tag === "p" ? [content[0].children, content.slice(1)] : content;
}

/** @param {Reader} reader */
function paragraph(reader) {
  const inner = [reader.lines[reader.at].trim()];
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = reader.lines[reader.at];
    if (line.trim() === "" || FENCE.test(line) || HEADING.test(line) || RULE.test(line)) break;
    if (reader.depth < DEEPEST && (QUOTE.test(line) || ITEM.test(line))) break;
    inner.push(line.trim());
  }
  return h("p", {}, inline(inner.join("\n"), reader.page));
}
