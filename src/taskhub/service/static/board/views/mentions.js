import { address } from "../core/router.js";

/** @typedef {import("../core/workspace.js").Workspace} Workspace */

const MENTION = /@([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/gi;
const BEGUN = /(^|[\s(])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)$/u;
const MOST_SHOWN = 6;

/**
 * What Markdown in this workspace refers to.
 *
 * @param {Workspace} workspace
 * @returns {import("../core/markdown-inline.js").Context}
 */
export function contextOf(workspace) {
  return {
    nameOf: (id) => workspace.nameOf(id),
    taskAddress: (key) => (workspace.project(key.split("-")[0]) ? address(workspace.id, "tasks", key) : null),
  };
}

/**
 * How a member is written: by name, and where two have the same name by email as well.
 *
 * @param {Workspace} workspace
 * @param {import("../core/types.js").Member} member
 */
export function written(workspace, member) {
  const has_double = workspace.currentMembers.some((other) => other.user_id !== member.user_id && other.name === member.name);
  return has_double ? `${member.name} (${member.email})` : member.name;
}

/**
 * The text as people write it: with names in the place of ids.
 *
 * @param {Workspace} workspace
 * @param {string} text
 */
export function withNames(workspace, text) {
  return text.replace(MENTION, (whole, id) => {
    const member = workspace.members.get(id.toLowerCase());
    return member?.role ? `@${written(workspace, member)}` : whole;
  });
}

/**
 * The text as the service takes it: with ids in the place of names.
 *
 * @param {Workspace} workspace
 * @param {string} text
 */
export function withIds(workspace, text) {
  const members = workspace.currentMembers.map((member) => ({ id: member.user_id, name: written(workspace, member) }));
  members.sort((a, b) => b.name.length - a.name.length); // "Ann Lee" before "Ann".
  let found = text;
  for (const { id, name } of members) {
    found = found.split(`@${name}`).reduce((before, after) => before + (/^[\p{L}\p{N}]/u.test(after) ? `@${name}` : `@${id}`) + after);
  }
  return found;
}

/**
 * The members whose mention was begun before the cursor.
 *
 * @param {Workspace} workspace
 * @param {string} text
 * @param {number} cursor
 */
export function suggested(workspace, text, cursor) {
  const begun = BEGUN.exec(text.slice(Math.max(0, cursor - 60), cursor));
  if (!begun) return { start: 0, members: [] };
  const word = begun[2].toLocaleLowerCase();
  const fits = (/** @type {import("../core/types.js").Member} */ member) => member.name.toLocaleLowerCase().split(" ").some((_, at, words) => words.slice(at).join(" ").startsWith(word));
  const members = workspace.currentMembers.filter((member) => fits(member) && member.name.toLocaleLowerCase() !== word.trim());
  return { start: cursor - begun[2].length - 1, members: members.slice(0, MOST_SHOWN) };
}
