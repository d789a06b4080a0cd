// A client by @hey-api/openapi-ts: what was read is written back, and a problem has a type.
import { strict as assert } from "node:assert";
import { createClient } from "../build/hey-api/client";
import * as api from "../build/hey-api";

async function main(baseUrl: string, email: string): Promise<void> {
  const password = "correct horse battery staple";
  const anybody = createClient({ baseUrl });
  await api.createUser({ client: anybody, body: { email, name: "Ada Lovelace", password } });
  const session = await api.createSession({ client: anybody, body: { email, password } });
  assert(session.data, session.error?.detail);
  const client = createClient({ baseUrl, auth: session.data.access_token });

  const workspace = await api.createWorkspace({ client, body: { name: "Engine room" } });
  assert(workspace.data, workspace.error?.detail);
  const workspace_id = workspace.data.id;
  const project = await api.createProject({ client, path: { workspace_id }, body: { key: "OPS", name: "Operations" } });
  assert(project.data, project.error?.detail);
  const made = await api.createTask({
    client,
    path: { workspace_id },
    body: { project_id: project.data.id, title: "Oil the engine", due: { date: "2026-11-20" } },
  });
  assert(made.data, made.error?.detail);

  const task: api.Task = made.data;
  const path = { workspace_id, task: task.key };
  const patch: api.TaskPatch = {
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
  const same = await api.changeTask({ client, path, body: patch });
  assert.deepEqual(same.data, task);
  const workflow = await api.setWorkflow({
    client,
    path: { workspace_id, project_id: project.data.id },
    body: project.data.workflow,
  });
  assert(workflow.data, workflow.error?.detail);
  const headers = { "If-Match": `"${task.version}"` };
  const urgent = await api.changeTask({ client, path, headers, body: { priority: "urgent", description: null } });
  assert.equal(urgent.data?.version, task.version + 1);

  const stale = await api.changeTask({ client, path, headers, body: { priority: "low" } });
  const problem: api.Problem | undefined = stale.error;
  const current: number | undefined = problem?.current_version;
  assert.deepEqual([problem?.code, current], ["stale_version", task.version + 1]);

  const history = await api.listHistory({ client, path, query: { limit: 1 } });
  const changes: Record<string, unknown[]> | undefined = history.data?.items[0]?.changes;
  assert.deepEqual(changes?.["priority"], ["none", "urgent"]);
}

const [baseUrl = "", email = ""] = process.argv.slice(2);
void main(baseUrl, email);
