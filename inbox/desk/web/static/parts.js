// Fragments from the server, put where they belong without disturbing who works here.
import * as log from "./log.js";

const revs = new Map();   // part -> the rev shown
const stale = new Map();  // part -> the event that waits until the hand leaves the part
let lastKey = 0;
let orderWaits = false;

const byId = (id) => document.getElementById(id);
const rows = () => byId("rows");
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

// Focus, a selection or an open menu inside: not to be replaced now.
function held(part) {
  const selection = getSelection();
  return part.contains(document.activeElement)
    || part.querySelector("details[open]") !== null
    || (selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode));
}

function handOnList() {
  const list = rows();
  return list !== null && (list.matches(":hover") || list.contains(document.activeElement) || performance.now() - lastKey < 2000);
}

function words(from, to) {
  for (const fresh of from.querySelectorAll("[data-word]")) {
    for (const old of to.querySelectorAll(`[data-word="${fresh.dataset.word}"]`)) {
      if (old.childElementCount === 0 && old.textContent !== fresh.textContent) old.textContent = fresh.textContent;
    }
  }
}

// A signed link that still works is kept, so that a photo does not load again.
function keepLinks(old, fresh) {
  for (const name of ["src", "href"]) {
    for (const link of fresh.querySelectorAll(`[${name}^="/media/"]`)) {
      const path = link.getAttribute(name).split("?")[0];
      const same = old.querySelector(`[${name}^="${path}?"]`);
      if (same) link.setAttribute(name, same.getAttribute(name));
    }
  }
}

function swap(old, fresh, event) {
  keepLinks(old, fresh);
  if (old.isEqualNode(fresh)) return old;
  if (held(old)) {
    words(fresh, old);
    stale.set(event.part, event);
    return old;
  }
  old.replaceWith(fresh);
  return fresh;
}

// A new stream tells everything again, and the clock that numbers it may have been put back.
export function begin() {
  revs.clear();
}

export function apply(event) {
  if ((revs.get(event.part) ?? 0) >= event.rev) return;
  revs.set(event.part, event.rev);
  stale.delete(event.part);
  if (event.place === "words") return counts(parse(`<div>${event.html}</div>`));
  if (event.part.startsWith("row-")) return row(event);
  if (event.place === "append") return said(event);
  const old = byId(event.part);
  if (old) swap(old, parse(event.html), event);
}

function counts(fresh) {
  words(fresh, document.body);
  const waiting = fresh.querySelector('[data-word="waiting"]').textContent;
  for (const badge of document.querySelectorAll('[data-word="badge"]')) badge.hidden = waiting === "0";
  document.title = (waiting === "0" ? "" : `(${waiting}) `) + document.title.replace(/^\([\d+]+\) /, "");
}

function row(event) {
  const old = byId(event.part);
  if (event.place === "remove") {
    if (!old) return;
    if (!handOnList() && old.querySelector("[aria-current]") === null) return old.remove(), settle();
    old.classList.add("row-gone");
    const more = old.querySelector('[data-word="more"]');
    if (more) more.textContent = event.html;
    return;
  }
  const fresh = parse(event.html);
  if (!old) {
    const group = byId(`group-${fresh.dataset.group}`);
    const last = group?.lastElementChild;
    const beyond = group?.dataset.full === "yes" && last && Number(fresh.dataset.order) > Number(last.dataset.order);
    if (!group || beyond || new URLSearchParams(location.search).has("after")) return;
    group.append(fresh);
  } else {
    swap(old, fresh, event);
  }
  order();
}

// The list does not move under a hand; then the new order waits for a press or for the hand to leave.
function order() {
  const moved = ["waiting", "going"].some((name) => misplaced(byId(`group-${name}`)).length > 0);
  if (moved && handOnList()) {
    orderWaits = true;
    byId("new-order").hidden = false;
    setTimeout(calm, 1000);
  } else if (moved) {
    reorder();
  }
  settle();
}

function calm() {
  if (!orderWaits) return;
  if (handOnList()) setTimeout(calm, 1000);
  else reorder(), settle();
}

function misplaced(group) {
  if (!group) return [];
  const name = group.id.slice("group-".length);
  const sorted = [...group.children].sort((a, b) => Number(a.dataset.order) - Number(b.dataset.order));
  return [...group.children].filter((child, at) => child !== sorted[at] || child.dataset.group !== name);
}

function reorder() {
  const list = rows();
  const chosen = list.querySelector("[aria-current]");
  const before = chosen?.getBoundingClientRect().top;
  const tops = new Map([...list.querySelectorAll("li")].map((one) => [one, one.getBoundingClientRect().top]));
  for (const name of ["waiting", "going"]) {
    const mine = [...list.querySelectorAll(`li[data-group="${name}"]`)];
    mine.sort((a, b) => Number(a.dataset.order) - Number(b.dataset.order));
    byId(`group-${name}`).append(...mine);
  }
  if (chosen) list.scrollTop += chosen.getBoundingClientRect().top - before;
  if (!still.matches) {
    for (const [one, top] of tops) {
      const by = top - one.getBoundingClientRect().top;
      if (by) one.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 180, easing: "cubic-bezier(.2, 0, 0, 1)" });
    }
  }
  orderWaits = false;
  byId("new-order").hidden = true;
}

function settle() {
  const waiting = byId("group-waiting");
  const going = byId("group-going");
  if (byId("none-waiting")) byId("none-waiting").hidden = waiting.childElementCount > 0;
  if (byId("going-head")) byId("going-head").hidden = going.childElementCount === 0;
}

// Everything that the server shows is named; a row that is not was missed on its way out.
export function keepOnly(ids) {
  if (!rows() || /[?&](after|before)=/.test(location.search)) return;
  const kept = new Set(ids);
  for (const one of rows().querySelectorAll("li.row")) {
    if (!kept.has(one.id) && !one.querySelector("[aria-current]")) one.remove();
  }
  settle();
}

function said(event) {
  const fresh = parse(event.html);
  const old = byId(event.part);
  if (old) swap(old, fresh, event);
  else log.append(fresh);
}

export function watch() {
  log.watch();
  byId("new-order")?.addEventListener("click", reorder);
  addEventListener("keydown", () => { lastKey = performance.now(); }, { capture: true, passive: true });
  const leave = () => setTimeout(() => {
    for (const event of [...stale.values()]) {
      const old = byId(event.part);
      stale.delete(event.part);
      if (old) swap(old, parse(event.html), event);
    }
    if (!handOnList()) {
      for (const gone of document.querySelectorAll(".row-gone")) if (!gone.querySelector("[aria-current]")) gone.remove();
      if (orderWaits) reorder();
      if (rows()) settle();
    }
  });
  document.addEventListener("focusout", leave);
  document.addEventListener("toggle", leave, { capture: true });
  rows()?.addEventListener("pointerleave", leave);
}
