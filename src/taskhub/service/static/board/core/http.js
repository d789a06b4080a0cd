import { connection, sleep } from "./connection.js";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
const LONGEST_ASKED_FOR_MS = 30_000;

/** @typedef {{status: number, code: string, title: string, detail: string, retry: string, errors?: any[], [name: string]: any}} Problem */
/** @typedef {{body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, query?: Query}} Options */
/** @typedef {Record<string, string | number | boolean | (string | number)[] | null | undefined>} Query */

/** The service refused: the problem says why. */
export class Refused extends Error {
  /**
   * @param {Problem} problem
   * @param {number | null} retry_after seconds
   */
  constructor(problem, retry_after) {
    super(problem.detail || problem.title);
    this.problem = problem;
    this.status = problem.status;
    this.code = problem.code;
    this.retry_after = retry_after;
  }

  /** Whether the same request may succeed later. */
  get is_passing() {
    return [429, 502, 503, 504].includes(this.status);
  }

  /** What is wrong with each field, by its name. */
  get by_field() {
    const faults = this.problem.errors ?? [];
    return Object.fromEntries(faults.map((fault) => [(fault.pointer ?? "").split("/")[1] ?? "", fault.message]));
  }
}

/** Nothing answered. Whether the request was carried out is not known. */
export class ConnectionLost extends Error {
  constructor() {
    super("TaskHub can't be reached at the moment.");
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>} A successful one, or 304.
 */
export async function send(method, path, { body, headers = {}, signal, query } = {}) {
  let answer;
  const media_type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  try {
    answer = await fetch(path + searchOf(query), {
      method,
      signal,
      headers: { ...(body === undefined ? {} : { "content-type": media_type }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store", // Validators are sent where the board has use for them.
      credentials: "omit",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    connection.lost();
    throw new ConnectionLost();
  }
  connection.back();
  if (answer.ok || answer.status === 304) return answer;
  throw new Refused(await problemOf(answer), Number(answer.headers.get("retry-after")) || null);
}

/** @param {Query} [query] */
export function searchOf(query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined && one !== "") parameters.append(name, String(one));
    }
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

/**
 * @param {Response} answer
 * @returns {Promise<Problem>}
 */
async function problemOf(answer) {
  try {
    const problem = await answer.json();
    if (problem.code) return problem;
  } catch {
    // A proxy has answered.
  }
  return { status: answer.status, code: "", title: `The answer has status ${answer.status}`, detail: "", retry: "no" };
}

/**
 * Waits before a request is sent again that could not be answered: as long as the service asks for, and longer each time.
 *
 * @param {Refused | ConnectionLost} error
 * @param {number} failures How many there were before this one.
 */
export async function pauseAfter(error, failures) {
  if (error instanceof ConnectionLost) return await connection.pause();
  const asked_for = Math.min((error.retry_after ?? 0) * 1000, LONGEST_ASKED_FOR_MS);
  await sleep(Math.max(asked_for, Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS)));
}
