// What we tell the server of its messages: they arrived here, they were seen here.

import { post } from "./queue.js";

export function createMarks({ isLooking }) {
  const told = new Map(); // delivery key → the last mark told
  let arrived = new Set();
  let seen = new Set();
  let timer = 0;

  function delivered(message) {
    if (!message.mine && message.seen === "sent") note(arrived, message, "delivered");
  }

  function looked(message) {
    if (!message.mine && message.seen !== "read" && isLooking()) note(seen, message, "read");
  }

  function note(keys, message, mark) {
    for (const key of message.receipts) {
      if (told.get(key) === mark || told.get(key) === "read") continue;
      told.set(key, mark);
      keys.add(key);
      timer ||= setTimeout(tell, 300);
    }
  }

  async function tell() {
    timer = 0;
    const events = [["delivered", arrived], ["read", seen]]
      .filter(([, keys]) => keys.size)
      .map(([kind, keys]) => ({ kind, ids: [...keys].slice(0, 500) }));
    const all = [...arrived, ...seen];
    arrived = new Set();
    seen = new Set();
    const status = await post(events).catch(() => 0);
    if (status !== 200) all.forEach((key) => told.delete(key)); // told again at the next look
  }

  return { delivered, looked, isRead: (message) => message.receipts.some((key) => told.get(key) === "read") };
}
