// The line to the server: one stream of events, opened again when it breaks.
// EventSource cannot carry an identity, so the stream is read with fetch.

import { pause } from "./queue.js";
import { request } from "./visitor.js";

const SILENCE = 20_000;

export function openLine({ onEvent, onUp, onDown }) {
  let tries = 0;
  let timer = 0;
  let current = null;

  async function connect() {
    clearTimeout(timer);
    current?.abort();
    const mine = (current = new AbortController());
    try {
      const answer = await request("/chat/live", { signal: mine.signal, headers: { Accept: "text/event-stream" } });
      if (!answer.ok) throw new Error(`stream ${answer.status}`);
      tries = 0;
      onUp();
      await follow(answer.body, mine);
    } catch {
      // told below: whatever broke, the line is down
    }
    if (mine !== current) return; // another connection took over
    onDown();
    timer = setTimeout(connect, pause(tries++));
  }

  async function follow(body, mine) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let watch = 0;
    try {
      for (;;) {
        clearTimeout(watch);
        watch = setTimeout(() => mine.abort(), SILENCE);
        const { done, value } = await reader.read();
        if (done) return;
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        parts.forEach(take);
      }
    } finally {
      clearTimeout(watch);
    }
  }

  function take(part) {
    const lines = part.split("\n");
    const kind = lines.find((line) => line.startsWith("event: "))?.slice(7);
    const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
    if (kind && data) onEvent(kind, JSON.parse(data));
  }

  function drop() {
    clearTimeout(timer);
    const mine = current;
    current = null;
    mine?.abort();
    onDown();
  }

  addEventListener("online", () => { tries = 0; connect(); });
  addEventListener("offline", drop);
  connect();
  return { connect };
}
