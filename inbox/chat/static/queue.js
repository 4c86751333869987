// Words on their way: kept in this browser until the server has them, sent in order, never doubled.
// Each bears an id made here, so that a message sent again after a lost answer is the same message.

import { language, page } from "./words.js";
import { keep, nameOf, recall } from "./store.js";
import { request } from "./visitor.js";

const MOST = 20;

export function createQueue({ onSent, onRefused, onWaiting }) {
  let running = false;
  let again = false;
  let tries = 0;
  let timer = 0;

  const entries = () => recall("queue", []);
  const without = (ids) => keep("queue", entries().filter((entry) => !ids.has(entry.id)));

  function add(entry) {
    keep("queue", [...entries(), entry]);
    drain();
  }

  /** Send what waits, now; other tabs of this browser take turns. */
  async function drain() {
    clearTimeout(timer);
    if (running) { again = true; return; }
    running = true;
    try {
      do {
        again = false;
        await inTurn(sendAll);
      } while (again);
      tries = 0;
    } catch {
      onWaiting(entries());
      timer = setTimeout(drain, pause(tries++));
    } finally {
      running = false;
    }
  }

  async function sendAll() {
    let most = MOST;
    for (let waiting = entries(); waiting.length; waiting = entries()) {
      const batch = waiting.slice(0, most);
      const status = await post(batch.map(event));
      const ids = new Set(batch.map((entry) => entry.id));
      if (status === 200) {
        without(ids);
        onSent(ids);
      } else if (status === 400 || status === 401 || status === 413) {
        if (batch.length > 1) { most = 1; continue; } // find the one that is wrong
        without(ids);
        onRefused(batch[0]);
      } else {
        throw new Error(`hook ${status}`);
      }
    }
  }

  return { add, drain, entries, remove: (id) => without(new Set([id])) };
}

export function pause(tries) {
  return Math.min(30, 2 ** tries) * 1000 * (0.5 + Math.random() / 2);
}

/** Post events to the inbox; returns the status. Throws without a connection. */
export async function post(events) {
  const answer = await request(page.hook, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ events }),
  });
  return answer.status;
}

function event(entry) {
  return { kind: "message", id: entry.id, text: entry.text, files: entry.files.map((file) => file.ref), language };
}

function inTurn(work) {
  return navigator.locks ? navigator.locks.request(nameOf("queue"), work) : work();
}
