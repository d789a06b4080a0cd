/** One testing server for the run, and what tests ask of it. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TestProject } from "vitest/node";

export interface Server {
  url: string;
  control_url: string;
  secret: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    taskhub: Server;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "taskhub-"));
  const ready = join(folder, "ready.json");
  const server = spawn("taskhub", ["serve", "--testing", "--with-parent"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TASKHUB_PORT: "0", TASKHUB_TESTING_PORT: "0", TASKHUB_TESTING_READY_FILE: ready },
  });
  while (!existsSync(ready)) {
    if (server.exitCode !== null) throw new Error(`the testing server has ended with ${server.exitCode}`);
    await pause(10);
  }
  project.provide("taskhub", JSON.parse(readFileSync(ready, "utf8")));
  return async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  };
}

export type Json = Record<string, any>;

/** Asks something, and gives the body of a good answer. */
export async function ask(url: string, token: string, method = "GET", body?: Json): Promise<Json> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : {};
}

/** A workspace of a test's own: `api` asks below it, `control` asks the control interface. */
export async function tenant(server: Server) {
  const control = (path: string, method = "POST", body?: Json) => ask(server.control_url + path, server.secret, method, body);
  const made = await control("/tenants", "POST", {});
  const base = `${server.url}/v1/workspaces/${made.workspace_id}`;
  const api = (path: string, method = "GET", body?: Json) => ask(`${base}/${path}`, made.account.token, method, body);
  const waitFor = (type: string, entity: string) =>
    control(`/workspaces/${made.workspace_id}/events/${type}?entity=${entity}`, "GET");
  return { ...made, api, control, waitFor };
}
