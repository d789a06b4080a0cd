/**
 * What the API answers, as far as the board looks at it. The reference at `/docs` has all of it.
 *
 * @typedef {"viewer" | "member" | "admin" | "owner"} Role
 * @typedef {"project" | "task" | "label" | "comment"} Kind Of things that are kept by their id and version.
 * @typedef {{id: string, version: number, [field: string]: any}} Thing
 * @typedef {{id: string, name: string, time_zone: string, role: Role, version: number}} WorkspaceInfo
 * @typedef {{user_id: string, name: string, email: string | null, role: Role | null, version: number}} Member
 * @typedef {{key: string, name: string, category: string}} Status
 * @typedef {{statuses: Status[], transitions: Record<string, string[]> | null}} Workflow
 * @typedef {Thing & {key: string, name: string, description: string | null, workflow: Workflow, archived_at: string | null,
 *     deleted_at: string | null}} Project
 * @typedef {{date: string, time: string | null, time_zone: string | null}} Due
 * @typedef {Thing & {project_id: string, key: string, title: string, description: string | null, status: string,
 *     status_category: string, priority: string, assignee_ids: string[], label_ids: string[], parent_id: string | null,
 *     blocked_by_ids: string[], due: Due | null, due_at: string | null, closed_at: string | null, created_by_id: string,
 *     created_at: string, updated_at: string, deleted_at: string | null}} Task
 * @typedef {Thing & {name: string, color: string}} Label
 * @typedef {Thing & {task_id: string, author_id: string, body: string, edited_at: string | null, created_at: string}} Comment
 * @typedef {{seq: number, type: string, occurred_at: string, actor_id: string | null, version: number,
 *     changes: Record<string, [any, any]>}} HistoryEntry
 * @typedef {{seq: number, cursor: string, type: string, entity_type: string, entity_id: string, entity_version: number,
 *     actor_id: string | null, occurred_at: string, changes: Record<string, [any, any]>, snapshot: any}} Change
 */
export {};
