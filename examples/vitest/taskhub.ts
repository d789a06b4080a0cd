/** One testing server for the run, and what tests ask of it. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TestProject } from "vitest/node";

const SECONDS_TO_START = 120; // The first start on a machine prepares a database.

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
    detached: true, // Ctrl-C is for the tests: with them, the server goes as well.
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...inherited(), TASKHUB_PORT: "0", TASKHUB_TESTING_PORT: "0", TASKHUB_TESTING_READY_FILE: ready },
  });
  let ended: string | undefined;
  server.once("error", (error) => (ended = error.message));
  server.once("exit", (code) => (ended = `it ended with ${code}`));
  const deadline = Date.now() + SECONDS_TO_START * 1000;
  while (!existsSync(ready)) {
    if (ended !== undefined) throw new Error(`the testing server did not start: ${ended}`);
    if (Date.now() > deadline) {
      server.kill("SIGTERM");
      throw new Error(`the testing server is not ready after ${SECONDS_TO_START} s`);
    }
    await pause(10);
  }
  project.provide("taskhub", JSON.parse(readFileSync(ready, "utf8")));
  return async () => {
    server.kill("SIGTERM");
    while (ended === undefined) await pause(10);
    rmSync(folder, { recursive: true });
  };
}

/** The environment without settings of a TaskHub that somebody uses. */
function inherited(): NodeJS.ProcessEnv {
  const isOthers = (name: string) => name.startsWith("TASKHUB_") && name !== "TASKHUB_TESTING_CACHE";
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOthers(name)));
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
