import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { tenant } from "./taskhub";

type Received = { headers: IncomingHttpHeaders; body: string };

let received: Received[];
let status: number;
const receiver = createServer(async (request, response) => {
  received.push({ headers: request.headers, body: await text(request) });
  response.writeHead(status).end();
});

beforeEach(async () => {
  [received, status] = [[], 204];
  await once(receiver.listen(0, "127.0.0.1"), "listening");
});

afterEach(async () => {
  vi.useRealTimers();
  await new Promise((closed) => receiver.close(closed));
});

/** What the signature vouches for. The service's clock, which tests move, is the one that signatures are judged by. */
function verified(secret: string, { headers, body }: Received): any {
  vi.useFakeTimers({ toFake: ["Date"], now: Number(headers["webhook-timestamp"]) * 1000 });
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

const url = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

test("a change is delivered, signed", async () => {
  const { api, control, project_id } = await tenant(inject("taskhub"));
  const webhook = await api("webhooks", "POST", { url: url(), types: ["task.created"] });
  const task = await api("tasks", "POST", { project_id, title: "Oil the engine 🔧" });
  await control("/settle", "POST", { timeout: 10 });
  expect(received.map((one) => verified(webhook.secret, one).data.snapshot)).toEqual([task]);
  const other = await api("webhooks", "POST", { url: url(), active: false });
  expect(() => verified(other.secret, received[0])).toThrow("No matching signature");
  const altered = { ...received[0], body: received[0].body.replace("Oil", "Sell") };
  expect(() => verified(webhook.secret, altered)).toThrow("No matching signature");
});

test("a delivery that fails is tried again, the same", async () => {
  const { api, control, project_id } = await tenant(inject("taskhub"));
  const webhook = await api("webhooks", "POST", { url: url(), types: ["task.created"] });
  status = 500;
  await api("tasks", "POST", { project_id, title: "Oil the engine" });
  await expect(control("/settle", "POST", { timeout: 1 })).rejects.toThrow(webhook.id);
  status = 204;
  await control("/clock/advance", "POST", { seconds: 60 });
  const [first, again] = received.map((one) => ({ message: verified(webhook.secret, one), id: one.headers["webhook-id"] }));
  expect(received).toHaveLength(2);
  expect(again).toEqual(first);
});

test("both secrets sign after a rotation", async () => {
  const { api, control, project_id } = await tenant(inject("taskhub"));
  const webhook = await api("webhooks", "POST", { url: url(), types: ["task.created"] });
  const rotated = await api(`webhooks/${webhook.id}/rotate_secret`, "POST");
  await api("tasks", "POST", { project_id, title: "Oil the engine" });
  await control("/settle", "POST", { timeout: 10 });
  expect(verified(rotated.secret, received[0])).toEqual(verified(webhook.secret, received[0]));
});
