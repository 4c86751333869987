// The log: messages in order, days between them, and a scroll that is never moved under the reader.

import { createRow, fill } from "./row.js";
import { dayKey, dayName, say, words } from "./words.js";

const NEAR = 48;
const RUN = 5 * 60 * 1000;

export function createLog({ onSeen, onAgain }) {
  const scroller = document.getElementById("log");
  const list = document.getElementById("talk");
  const jump = document.getElementById("new");
  const status = document.getElementById("status");
  const items = []; // { key, order, message, row }, in the order shown
  let unread = 0;

  const sight = new IntersectionObserver((changes) => {
    for (const change of changes) {
      if (!change.isIntersecting) continue;
      const item = items.find((one) => one.row === change.target);
      if (item) onSeen(item.message);
    }
  }, { root: scroller, threshold: 0.5 });

  jump.firstElementChild.addEventListener("click", () => {
    scroller.scrollTop = 0; // the log is upside down: 0 is its end
    jump.hidden = true;
    unread = 0;
    scroller.focus({ preventScroll: true });
  });
  scroller.addEventListener("scroll", () => {
    if (!atEnd()) return;
    unread = 0;
    jump.hidden = true;
  }, { passive: true });

  const atEnd = () => Math.abs(scroller.scrollTop) <= NEAR;

  /** Show messages; `quiet` for what is no news to the reader (the past, their own words). */
  function show(messages, { quiet = false } = {}) {
    if (quiet) scroller.setAttribute("aria-live", "off");
    const away = !atEnd();
    const before = scroller.scrollHeight;
    let fresh = 0;
    let below = 0;
    for (const message of messages) {
      const last = items.at(-1);
      const added = place(message);
      if (added && !message.mine) fresh += 1;
      if (added && last && items.at(-1).row === added) below += 1;
    }
    arrange();
    // The log is anchored at its end: what is added there would push the reader's place up.
    if (away && below) scroller.scrollTop -= scroller.scrollHeight - before;
    if (away && fresh && !quiet) tell(fresh);
    if (quiet) requestAnimationFrame(() => scroller.removeAttribute("aria-live"));
  }

  function tell(fresh) {
    unread += fresh;
    const text = unread === 1 ? words.one_new : say("new", { n: unread });
    jump.querySelector("span").textContent = text;
    jump.hidden = false;
    status.textContent = text;
  }

  /** Put a message where it belongs; the server's takes the place of ours under the same key. */
  function place(message) {
    const known = items.find((one) => (message.id && one.message.id === message.id) || (message.key && one.key === message.key));
    const order = message.id ? BigInt(message.id) : null;
    if (known) {
      if (known.message.id && !message.id) return null; // the server's word stands
      known.message = message;
      if (known.order !== order) {
        known.order = order;
        items.splice(items.indexOf(known), 1);
        insert(known);
      }
      fill(known.row, message, () => onAgain(message));
      return null;
    }
    const item = { key: message.key, order, message, row: createRow() };
    fill(item.row, message, () => onAgain(message));
    insert(item);
    sight.observe(item.row);
    return item.row;
  }

  function insert(item) {
    let at = items.length;
    if (item.order !== null) {
      while (at > 0 && (items[at - 1].order === null || items[at - 1].order > item.order)) at -= 1;
    }
    const next = items[at]?.row;
    if (item.row.nextElementSibling !== (next ?? null) || !item.row.parentNode) list.insertBefore(item.row, next ?? null);
    items.splice(at, 0, item);
  }

  /** Say sender and time once a run, a mark once under the last of ours, and the day before its first. */
  function arrange() {
    let previous = null;
    items.forEach((item, at) => {
      const next = items[at + 1];
      const when = new Date(item.message.at);
      const newDay = !previous || dayKey(new Date(previous.message.at)) !== dayKey(when);
      day(item.row, newDay ? when : null);
      item.row.classList.toggle("said-first", newDay || !sameRun(previous.message, item.message));
      const closes = !next || !sameRun(item.message, next.message) || next.message.seen !== item.message.seen;
      const loud = ["waiting", "refused"].includes(item.message.seen);
      const after = item.row.querySelector(".after");
      after.hidden = item.message.mine ? !(closes || loud) : !item.message.edited || Boolean(item.message.deleted);
      previous = item;
    });
    document.getElementById("blank").hidden = items.length > 0;
  }

  function sameRun(one, other) {
    return one.mine === other.mine && one.who === other.who && one.automatic === other.automatic
      && new Date(other.at) - new Date(one.at) < RUN;
  }

  function day(row, when) {
    const before = row.previousElementSibling;
    const here = before?.classList.contains("day") ? before : null;
    if (!when) { here?.remove(); return; }
    const line = here ?? document.createElement("li");
    const name = dayName(when);
    if (line.textContent === name) return;
    line.className = "day";
    const time = document.createElement("time");
    time.dateTime = dayKey(when);
    time.textContent = name;
    line.replaceChildren(time);
    if (!here) list.insertBefore(line, row);
  }

  function change(keys, seen) {
    for (const item of items) {
      if (keys.has(item.key) && !item.message.id) place({ ...item.message, seen });
    }
    arrange();
  }

  /** Take out what the server has further back than it told: it comes with the earlier messages. */
  function dropSettled() {
    for (const item of items.filter((one) => one.order === null && one.message.seen === "sent")) {
      items.splice(items.indexOf(item), 1);
      day(item.row, null);
      sight.unobserve(item.row);
      item.row.remove();
    }
    arrange();
  }

  return {
    show,
    change,
    dropSettled,
    atEnd,
    all: () => items.map((item) => item.message),
    last: () => items.findLast((item) => item.order !== null)?.message.id,
    first: () => items.find((item) => item.order !== null)?.message.id,
    inSight: () => items.filter((item) => isInSight(item.row, scroller)).map((item) => item.message),
    end: () => { scroller.scrollTop = 0; },
  };
}

function isInSight(row, scroller) {
  const box = row.getBoundingClientRect();
  const frame = scroller.getBoundingClientRect();
  const shown = Math.min(box.bottom, frame.bottom) - Math.max(box.top, frame.top);
  return box.height > 0 && shown >= Math.min(box.height, frame.height) / 2;
}
