import { Collisions } from "./collisions.js";
import { newId } from "./ids.js";
import { Live } from "./live.js";
import { Observable } from "./observable.js";
import { session } from "./session.js";
import { Undo } from "./undo.js";
import { headersOf, Writes } from "./writes.js";

/**
 * @typedef {import("./types.js").Kind} Kind
 * @typedef {import("./types.js").Thing} Thing
 * @typedef {import("./types.js").Task} Task
 * @typedef {import("./types.js").Project} Project
 * @typedef {import("./types.js").Change} Change
 */

const ROLES = ["viewer", "member", "admin", "owner"];
const PAGE = 200;

/** A workspace as this page knows it: what was read, kept up to date by the stream, and the changes that are on their way. */
export class Workspace extends Observable {
  /** @type {Record<Kind, Map<string, any>>} */
  #things = { project: new Map(), task: new Map(), label: new Map(), comment: new Map() };
  /** @type {import("./types.js").WorkspaceInfo} */
  info;
  /** @type {Map<string, import("./types.js").Member>} Former ones too, once somebody has asked for them. */
  members = new Map();
  /** What was begun to be written, and not sent: by what it is about. @type {Map<string, string>} */
  drafts = new Map();
  /** Whether it can't be read any more: deleted, or its reader is no member now. */
  is_gone = false;
  /** @type {Set<(change: Change) => void>} */
  #followers = new Set();
  /** @type {Set<string>} */
  #asked = new Set();

  /** @param {import("./types.js").WorkspaceInfo} info */
  constructor(info) {
    super();
    this.info = info;
    this.id = info.id;
    this.writes = new Writes(this);
    this.collisions = new Collisions(this);
    this.undo = new Undo(this);
    this.live = new Live(this);
    this.writes.subscribe(() => this.changed());
    this.collisions.subscribe(() => this.changed());
    this.live.subscribe(() => this.changed());
  }

  /** @param {string} id */
  static async open(id) {
    const workspace = new Workspace(await (await session.send("GET", `/v1/workspaces/${encodeURIComponent(id)}`)).json());
    await workspace.live.mark();
    await workspace.reload();
    workspace.live.follow();
    return workspace;
  }

  close() {
    this.live.close();
    this.writes.close();
  }

  async reload() {
    const [info, projects, labels] = await Promise.all([
      this.get(""),
      this.all("projects"),
      this.all("labels"),
      this.#loadMembers(),
    ]);
    this.info = info;
    for (const project of projects) this.take("project", project);
    for (const label of labels) this.take("label", label);
    for (const follower of this.#followers) follower(/** @type {any} */ ({ type: "everything", changes: {}, entity_type: "task" }));
    this.changed();
  }

  async #loadMembers() {
    for (const member of await this.all("members")) this.members.set(member.user_id, member);
  }

  /** @param {string} path within the workspace. */
  path(path) {
    return `/v1/workspaces/${this.id}${path && "/"}${path}`;
  }

  /**
   * @param {string} path
   * @param {import("./http.js").Query} [query]
   * @returns {Promise<any>}
   */
  async get(path, query) {
    return await (await session.send("GET", this.path(path), { query })).json();
  }

  /**
   * @param {string} path
   * @param {import("./http.js").Query} [query]
   * @returns {Promise<any[]>} All pages of a list.
   */
  async all(path, query = {}) {
    const items = [];
    for (let cursor = null; ; ) {
      const page = await this.get(path, { limit: PAGE, ...query, cursor });
      items.push(...page.items);
      cursor = page.next_cursor;
      if (cursor === null) return items;
    }
  }

  // -- what is known ---------------------------------------------------------------------------------

  /** @param {import("./types.js").Role} role */
  may(role) {
    return ROLES.indexOf(this.info.role) >= ROLES.indexOf(role);
  }

  /**
   * @param {Kind} kind
   * @param {string} id
   * @returns {any} As it will be when the changes that are on their way are made.
   */
  thing(kind, id) {
    const known = this.#things[kind].get(id);
    const overlay = this.writes.overlayOf(id, known !== undefined);
    return overlay ? { ...known, ...overlay } : known;
  }

  /**
   * @param {string} ref An id or a key.
   * @returns {Task | undefined}
   */
  task(ref) {
    if (this.#things.task.has(ref) || this.writes.overlayOf(ref, false)) return this.thing("task", ref);
    for (const task of this.#things.task.values()) if (task.key === ref.toUpperCase()) return this.thing("task", task.id);
    return undefined;
  }

  /**
   * @param {string} ref An id or a key.
   * @returns {Project | undefined}
   */
  project(ref) {
    const found = this.projects.find((project) => project.id === ref || project.key === ref.toUpperCase());
    return found && this.thing("project", found.id);
  }

  /** @returns {Task[]} Those that this page has seen. */
  get tasks() {
    return [...this.#things.task.values()];
  }

  /** @returns {Project[]} */
  get projects() {
    return [...this.#things.project.values()].filter((project) => !project.deleted_at).sort(byName);
  }

  /** @returns {import("./types.js").Label[]} */
  get labels() {
    return [...this.#things.label.keys()].map((id) => this.thing("label", id)).sort(byName);
  }

  /** @returns {import("./types.js").Member[]} Those of today. */
  get currentMembers() {
    return [...this.members.values()].filter((member) => member.role).sort(byName);
  }

  /** @param {string} task_id */
  commentsOf(task_id) {
    const known = [...this.#things.comment.values()].filter((comment) => comment.task_id === task_id);
    const written = this.writes.waiting.filter((write) => write.kind === "comment" && write.overlay?.task_id === task_id && !write.base);
    const ids = new Set([...known.map((comment) => comment.id), ...written.map((write) => write.thing)]);
    const comments = [...ids].map((id) => this.thing("comment", /** @type {string} */ (id)));
    return comments.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  }

  /**
   * The name of a member. Of somebody who has left it is asked for, and there soon.
   *
   * @param {string | null} user_id
   */
  nameOf(user_id) {
    if (user_id === null) return "TaskHub";
    const member = this.members.get(user_id);
    if (!member && !this.#asked.has(user_id)) {
      this.#asked.add(user_id);
      this.get(`members/${user_id}`).then((found) => {
        this.members.set(user_id, found);
        this.changed();
      }, () => {});
    }
    return member?.name ?? "…";
  }

  // -- what happens -----------------------------------------------------------------------------------

  /**
   * @param {Kind} kind
   * @param {Thing} thing
   * @returns {boolean} Whether it is news.
   */
  take(kind, thing) {
    const known = this.#things[kind].get(thing.id);
    if (known && known.version >= thing.version) return false;
    this.#things[kind].set(thing.id, thing);
    return true;
  }

  /**
   * @param {(change: Change) => void} follower called for each change that is news.
   * @returns {() => void} Ends it.
   */
  onChange(follower) {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** @param {Change} change */
  happened(change) {
    if (change.entity_type in this.#things) {
      const kind = /** @type {Kind} */ (change.entity_type);
      if (change.snapshot) {
        if (!this.take(kind, change.snapshot)) return;
      } else if (!this.#things[kind].delete(change.entity_id)) return;
    } else if (change.entity_type === "member") this.#membersChanged(change);
    else if (change.entity_type === "workspace" && change.snapshot) this.info = { ...this.info, ...change.snapshot };
    for (const follower of [...this.#followers]) follower(change);
    this.changed();
  }

  /** @param {Change} change */
  async #membersChanged(change) {
    if (!change.snapshot) return;
    try {
      const member = await this.get(`members/${change.snapshot.user_id}`);
      this.members.set(member.user_id, member);
      if (member.user_id === session.user?.id && member.role) this.info = { ...this.info, role: member.role };
      this.changed();
    } catch {
      // Whoever asks for members next gets them.
    }
  }

  lost() {
    this.is_gone = true;
    this.changed();
  }

  // -- changes ---------------------------------------------------------------------------------------

  /**
   * @param {Kind} kind
   * @param {string} path
   * @param {any} body With an id.
   * @param {Record<string, any>} overlay What is shown of it until the service has answered.
   */
  create(kind, path, body, overlay) {
    return this.writes.add({ method: "POST", path, body, kind, thing: body.id, overlay: { ...body, ...overlay }, fields: [] });
  }

  /**
   * Changes fields of a thing.
   *
   * @param {Kind} kind
   * @param {string} path
   * @param {Thing} base the thing as it was seen.
   * @param {Record<string, any>} patch
   * @param {Record<string, any>} [overlay] what it looks like meanwhile, beside the patch.
   */
  edit(kind, path, base, patch, overlay = {}) {
    const fields = Object.keys(patch);
    return this.writes.add({
      method: "PATCH", path, body: patch, kind, thing: base.id, base, overlay: { ...patch, ...overlay }, fields,
    });
  }

  /**
   * Does something else to a thing: what others change meanwhile does not matter, but for ``fields``.
   *
   * @param {Kind} kind
   * @param {Thing} base
   * @param {{method: string, path: string, body?: any, overlay?: any, fields?: string[]}} action
   */
  act(kind, base, action) {
    return this.writes.add({ kind, thing: base.id, base, fields: [], ...action });
  }

  /**
   * @param {import("./writes.js").Write} write
   * @param {any} body
   */
  taken(write, body) {
    if (!write.kind) return;
    if (body?.version && body.id === write.thing) this.take(write.kind, body);
    else if (write.method === "DELETE" && body === null && write.thing) this.#things[write.kind].delete(write.thing);
  }

  /**
   * Changes something at once or not at all: who does it waits for the answer.
   *
   * @param {{method: string, path: string, body?: any, kind?: any, thing?: string, base?: any, can_undo?: boolean}} change
   * @returns {Promise<any>} The answer's body, null if it has none.
   */
  async now({ can_undo = true, ...change }) {
    const sent = { ...change, key: newId(), cursor: this.live.cursor, version: change.base?.version };
    const answer = await session.send(change.method, this.path(change.path), { body: change.body, headers: headersOf(sent) });
    const body = answer.status === 204 ? null : await answer.json();
    if (can_undo) {
      this.undo.begun(sent);
      this.undo.made(sent, body);
    }
    return body;
  }
}

/**
 * @param {{name: string}} a
 * @param {{name: string}} b
 */
function byName(a, b) {
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}
