// The command palette: customers from the server, then what can be done in this place, at most eight.
import { parse } from "./parts.js";

const ROWS = 8;
const RECENT = 4;
const byId = (id) => document.getElementById(id);
const dialog = byId("palette");
const words = byId("palette-words");
const list = byId("palette-list");
let acts = () => [];   // what can be done here now: {name, key, run}
let chosen = null;
let timer = 0;
let asked = null;      // the answer under way, for who presses Enter before it is here
let asking = 0;

// Small letters without accents, as the server folds them.
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

const options = () => [...list.querySelectorAll('[role="option"]')];

function choose(option) {
  chosen?.setAttribute("aria-selected", "false");
  chosen = option ?? null;
  chosen?.setAttribute("aria-selected", "true");
  chosen?.scrollIntoView({ block: "nearest" });
  if (chosen) words.setAttribute("aria-activedescendant", chosen.id);
  else words.removeAttribute("aria-activedescendant");
}

function option(act, at) {
  const line = parse('<div class="option" role="option" aria-selected="false"><span class="option-name"></span><kbd class="key" aria-hidden="true"></kbd></div>');
  line.id = `act-${at}`;
  line.querySelector(".option-name").textContent = act.name;
  const key = line.querySelector(".key");
  if (act.key) key.textContent = act.key;
  else key.remove();
  line.addEventListener("click", () => leave(act.run));
  return line;
}

function matching(text) {
  const each = folded(text).split(/\s+/).filter(Boolean);
  return acts().filter((act) => each.every((word) => folded(act.name).includes(word)));
}

function show(found, text, trouble = "") {
  const can = matching(text);
  const room = text ? ROWS - Math.min(can.length, 3) : Math.min(RECENT, ROWS);
  const rows = found.slice(0, room);
  byId("palette-found").replaceChildren(...rows);
  byId("palette-acts").replaceChildren(...can.slice(0, ROWS - rows.length).map(option));
  byId("palette-who").textContent = text ? "Customers" : "Lately";
  for (const group of list.querySelectorAll('[role="group"]')) group.hidden = group.querySelector('[role="option"]') === null;
  const all = options();
  list.hidden = all.length === 0;
  words.setAttribute("aria-expanded", String(all.length > 0));
  choose(all[0]);
  const told = all.length === 0 ? `Nobody and nothing found for “${text}”.` : all.length === 1 ? "1 row" : `${all.length} rows`;
  byId("palette-said").textContent = trouble || told;
  byId("palette-said").classList.toggle("unseen", !trouble && all.length > 0);
}

async function ask() {
  const text = words.value.trim();
  const mine = ++asking;
  let found = [];
  let trouble = "";
  try {
    const answer = await fetch(`/desk/palette?${new URLSearchParams({ q: text, view: list.dataset.view })}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const fragment = parse(await answer.text());
    found = [...fragment.children].filter((row) => text || !row.getAttribute("href").startsWith(`${location.pathname}?`));
  } catch {
    trouble = "Customers cannot be found now; what is here can be done.";
  }
  if (mine === asking) show(found, text, trouble);
}

function typed() {
  clearTimeout(timer);
  asked = new Promise((resolve) => { timer = setTimeout(() => resolve(ask()), 120); });
}

// Focus goes back to where it was before anything is done there.
function leave(then) {
  dialog.close();
  then?.();
}

async function enter(apart) {
  await asked;
  if (!dialog.open || !chosen) return;
  if (!chosen.href) return chosen.click();
  if (apart) window.open(chosen.href, "_blank", "noopener");
  const address = chosen.href;
  leave(apart ? undefined : () => location.assign(address));
}

function pressed(event) {
  if (event.isComposing) return;
  const all = options();
  const at = all.indexOf(chosen);
  switch (event.key) {
    case "ArrowDown": choose(all[(at + 1) % all.length]); break;
    case "ArrowUp": choose(all[(at - 1 + all.length) % all.length]); break;
    case "Enter": enter(event.ctrlKey || event.metaKey); break;
    default: return;
  }
  event.preventDefault();
}

export function open() {
  if (dialog.open) return words.select();
  document.querySelector("dialog[open]")?.close();
  words.value = "";
  show([], "");
  dialog.showModal();
  words.focus();
  asked = ask();
}

export function watch(able) {
  acts = able;
  words.addEventListener("input", typed);
  words.addEventListener("keydown", pressed);
  list.addEventListener("pointerdown", (event) => event.preventDefault());  // the words keep the focus
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  byId("palette-close").addEventListener("click", () => dialog.close());
  for (const link of document.querySelectorAll("a.find")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      open();
    });
  }
}
