/**
 * Describes elements as values, and brings a container up to date with them.
 *
 * Text is always set as text, never parsed as HTML.
 *
 * @typedef {Record<string, any>} Props Attributes, `on…` handlers, and properties of our own elements. `key` tells siblings apart,
 *     `ref` is called with the element once it is there.
 * @typedef {{tag: string, text: string, props: Props, children: Description[], node: Node | null}} Description
 * @typedef {Description | string | number | boolean | null | undefined | any[]} Child
 */

const DRAWN = Symbol("what was drawn");
const SVG_TAGS = new Set(["svg", "path", "circle"]);
const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "open"]);
const ATTRIBUTES_OF_OURS = new Set(["id", "role", "tabindex", "title", "hidden"]);

/**
 * @param {string} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {Description}
 */
export function h(tag, props, ...children) {
  return { tag, text: "", props: props ?? {}, children: flat(children), node: null };
}

/**
 * @param {Element & {[DRAWN]?: Description[]}} container
 * @param {Child} children
 */
export function draw(container, children) {
  const active = document.activeElement;
  const next = flat([children]);
  reconcile(container, container[DRAWN] ?? [], next);
  container[DRAWN] = next;
  // An element that was moved has lost its focus.
  if (active instanceof HTMLElement && active !== document.activeElement && active.isConnected && container.contains(active)) {
    active.focus({ preventScroll: true });
  }
}

/**
 * @param {Child[]} children
 * @param {Description[]} into
 */
function flat(children, into = []) {
  for (const child of children) {
    if (Array.isArray(child)) flat(child, into);
    else if (child === null || child === undefined || child === "" || typeof child === "boolean") continue;
    else if (typeof child === "object") into.push(child);
    else into.push({ tag: "", text: String(child), props: {}, children: [], node: null });
  }
  return into;
}

/**
 * @param {Node} parent
 * @param {Description[]} before
 * @param {Description[]} after
 */
function reconcile(parent, before, after) {
  const { keyed, unkeyed } = sorted(before);
  for (const one of after) {
    const same = one.props.key === undefined ? unkeyed.get(one.tag)?.shift() : taken(keyed, one.props.key, one.tag);
    if (same) update(same, one);
  }
  for (const one of keyed.values()) one.node?.parentNode?.removeChild(one.node);
  for (const rest of unkeyed.values()) for (const one of rest) one.node?.parentNode?.removeChild(one.node);
  let place = parent.firstChild;
  for (const one of after) {
    const node = one.node ?? create(one);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
}

/** @param {Description[]} before */
function sorted(before) {
  /** @type {Map<any, Description>} */
  const keyed = new Map();
  /** @type {Map<string, Description[]>} */
  const unkeyed = new Map();
  for (const one of before) {
    if (one.props.key !== undefined) keyed.set(one.props.key, one);
    else if (unkeyed.has(one.tag)) unkeyed.get(one.tag)?.push(one);
    else unkeyed.set(one.tag, [one]);
  }
  return { keyed, unkeyed };
}

/**
 * @param {Map<any, Description>} keyed
 * @param {any} key
 * @param {string} tag
 */
function taken(keyed, key, tag) {
  const found = keyed.get(key);
  if (found?.tag !== tag) return undefined;
  keyed.delete(key);
  return found;
}

/** @param {Description} one */
function create(one) {
  if (one.tag === "") return (one.node = document.createTextNode(one.text));
  const is_svg = SVG_TAGS.has(one.tag);
  const node = is_svg ? document.createElementNS("http://www.w3.org/2000/svg", one.tag) : document.createElement(one.tag);
  one.node = node;
  setProps(node, {}, one.props, false);
  reconcile(node, [], one.children);
  setProps(node, {}, one.props, true);
  one.props.ref?.(node);
  return node;
}

/**
 * @param {Description} before
 * @param {Description} after
 */
function update(before, after) {
  const node = (after.node = before.node);
  if (before === after) return;
  if (after.tag === "") {
    if (node && before.text !== after.text) node.nodeValue = after.text;
    return;
  }
  const element = /** @type {HTMLElement} */ (node);
  setProps(element, before.props, after.props, false);
  reconcile(element, before.children, after.children);
  setProps(element, before.props, after.props, true);
}

/**
 * `value` comes last: that of a select needs its options. What a person has typed stays as long as the description says the same.
 *
 * @param {any} node
 * @param {Props} before
 * @param {Props} after
 * @param {boolean} is_value
 */
function setProps(node, before, after, is_value) {
  for (const name in before) {
    if (!(name in after) && (name === "value") === is_value) setProp(node, name, undefined, before[name]);
  }
  for (const name in after) {
    if (after[name] !== before[name] && (name === "value") === is_value) setProp(node, name, after[name], before[name]);
  }
}

/**
 * @param {any} node
 * @param {string} name
 * @param {any} value
 * @param {any} before
 */
function setProp(node, name, value, before) {
  if (name === "key" || name === "ref") return;
  if (name === "style") setStyle(node, before ?? {}, value ?? {});
  else if (name.startsWith("on")) node[name] = value ?? null;
  else if (isOwnProperty(node, name)) {
    node[name] = value;
    node.update?.();
  } else if (PROPERTIES.has(name)) setProperty(node, name, value);
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

/**
 * @param {Element} node
 * @param {string} name
 */
function isOwnProperty(node, name) {
  return node.localName.includes("-") && name !== "class" && !name.includes("-") && !ATTRIBUTES_OF_OURS.has(name);
}

/**
 * @param {any} node
 * @param {string} name
 * @param {any} value
 */
function setProperty(node, name, value) {
  if (value !== undefined && value !== null) node[name] = value;
  else node[name] = name === "value" ? node.defaultValue : false;
}

/**
 * @param {HTMLElement} node
 * @param {Record<string, string>} before
 * @param {Record<string, string>} after
 */
function setStyle(node, before, after) {
  for (const name in before) if (!(name in after)) node.style.removeProperty(name);
  for (const name in after) if (after[name] !== before[name]) node.style.setProperty(name, after[name]);
}
