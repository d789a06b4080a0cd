// A client by openapi-typescript and openapi-fetch: what was read is written back, and a problem has a type.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "../build/openapi-typescript/schema";

type Schemas = components["schemas"];

async function main(baseUrl: string, email: string): Promise<void> {
  const api = createClient<paths>({ baseUrl });
  const password = "correct horse battery staple";
  await api.POST("/v1/users", { body: { email, name: "Ada Lovelace", password } });
  const session = await api.POST("/v1/sessions", { body: { email, password } });
  assert(session.data, session.error?.detail);
  const headers = { Authorization: `Bearer ${session.data.access_token}` };

  const workspace = await api.POST("/v1/workspaces", { body: { name: "Engine room" }, headers });
  assert(workspace.data, workspace.error?.detail);
  const workspace_id = workspace.data.id;
  const project = await api.POST("/v1/workspaces/{workspace_id}/projects", {
    params: { path: { workspace_id } },
    body: { key: "OPS", name: "Operations" },
    headers,
  });
  assert(project.data, project.error?.detail);
  const made = await api.POST("/v1/workspaces/{workspace_id}/tasks", {
    params: { path: { workspace_id } },
    body: { project_id: project.data.id, title: "Oil the engine", due: { date: "2026-11-20" } },
    headers,
  });
  assert(made.data, made.error?.detail);

  const task: Schemas["Task"] = made.data;
  const path = { workspace_id, task: task.key };
  const patch: Schemas["TaskPatch"] = {
    title: task.title,
    description: task.description,
    status: task.status,
    priority: task.priority,
    assignee_ids: task.assignee_ids,
    label_ids: task.label_ids,
    parent_id: task.parent_id,
    blocked_by_ids: task.blocked_by_ids,
    due: task.due,
  };
  const same = await api.PATCH("/v1/workspaces/{workspace_id}/tasks/{task}", { params: { path }, body: patch, headers });
  assert.deepEqual(same.data, task);
  const workflow = await api.PUT("/v1/workspaces/{workspace_id}/projects/{project_id}/workflow", {
    params: { path: { workspace_id, project_id: project.data.id } },
    body: project.data.workflow,
    headers,
  });
  assert(workflow.data, workflow.error?.detail);
  const urgent = await api.PATCH("/v1/workspaces/{workspace_id}/tasks/{task}", {
    params: { path, header: { "If-Match": `"${task.version}"` } },
    body: { priority: "urgent", description: null },
    headers,
  });
  assert.equal(urgent.data?.version, task.version + 1);

  const stale = await api.PATCH("/v1/workspaces/{workspace_id}/tasks/{task}", {
    params: { path, header: { "If-Match": `"${task.version}"` } },
    body: { priority: "low" },
    headers,
  });
  const problem: Schemas["Problem"] | undefined = stale.error;
  const current: number | undefined = problem?.current_version;
  assert.deepEqual([problem?.code, current], ["stale_version", task.version + 1]);

  const history = await api.GET("/v1/workspaces/{workspace_id}/tasks/{task}/history", { params: { path, query: { limit: 1 } }, headers });
  const changes: Record<string, unknown[]> | undefined = history.data?.items[0]?.changes;
  assert.deepEqual(changes?.["priority"], ["none", "urgent"]);
}

const [baseUrl = "", email = ""] = process.argv.slice(2);
void main(baseUrl, email);
