import { expect, inject, test } from "vitest";
import { tenant } from "./taskhub";

test("a task is done", async () => {
  const { api, project_id, waitFor } = await tenant(inject("taskhub"));
  const task = await api("tasks", "POST", { project_id, title: "Oil the engine" });
  await api(`tasks/${task.key}`, "PATCH", { status: "done" });
  expect((await waitFor("task.updated", task.id)).changes.status).toEqual(["todo", "done"]);
});

test("the trash is emptied after a month", async () => {
  const { api, control, project_id } = await tenant(inject("taskhub"));
  const task = await api("tasks", "POST", { project_id, title: "Oil the engine" });
  await api(`tasks/${task.key}`, "DELETE");
  await control("/clock/advance", "POST", { seconds: 31 * 86400 });
  await expect(api(`tasks/${task.key}/restore`, "POST")).rejects.toThrow("404");
});

test("an answer of 503 is told apart", async () => {
  const { api, control, workspace_id } = await tenant(inject("taskhub"));
  await control("/faults", "POST", { kind: "fail", operation_id: "list_tasks", times: 1, workspace_id });
  await expect(api("tasks")).rejects.toThrow("503");
  expect((await api("tasks")).items).toEqual([]);
});
