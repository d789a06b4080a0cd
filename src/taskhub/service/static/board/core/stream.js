/**
 * The server-sent events of a body. Comments, which only keep the connection open, have neither `id` nor `data`.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} silence_ms After so much time without anything the stream counts as broken.
 * @returns {AsyncGenerator<Record<string, string>>}
 */
export async function* events(body, silence_ms) {
  let rest = "";
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let timer;
  try {
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => reader.cancel(), silence_ms);
      const part = await reader.read();
      if (part.done) return;
      const blocks = (rest + part.value).split("\n\n");
      rest = /** @type {string} */ (blocks.pop());
      for (const block of blocks) {
        const lines = block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
        yield Object.fromEntries(lines);
      }
    }
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => {}); // It has failed, and that is told by `read`.
  }
}
