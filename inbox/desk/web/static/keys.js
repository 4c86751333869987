// The keyboard of the desk. Single letters act only outside fields, and can be turned off.
import { to } from "./composer.js";
import * as palette from "./palette.js";

const PANES = [".rail a[aria-current], .rail a", "#rows .row-link[aria-current], #rows .row-link, #rows", "#log", "#reply", "#side a, #side"];
const byId = (id) => document.getElementById(id);
const stored = "desk.letters";
const enterSends = "desk.enter";
const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const PATIENCE = 2000;  // between G and where to
let going = 0;

function links(selector) {
  return [...document.querySelectorAll(selector)].filter((one) => one.offsetParent !== null);
}

function step(by) {
  const all = links("#rows .row-link, .found .row-link");
  if (all.length === 0) return;
  const at = all.findIndex((one) => one === document.activeElement);
  const from = at >= 0 ? at : all.findIndex((one) => one.hasAttribute("aria-current"));
  all[Math.max(0, Math.min(all.length - 1, from + by))].focus();
}

function waiting(by) {
  const all = links("#group-waiting .row-link");
  if (all.length === 0) return;
  const at = all.findIndex((one) => one.hasAttribute("aria-current"));
  location.assign(all[at < 0 ? 0 : (at + by + all.length) % all.length].href);
}

function menu(id) {
  const opened = byId(id);
  if (!opened || opened.offsetParent === null) return false;
  opened.open = true;
  opened.querySelector(".menu-box button, .menu-box select, .menu-box input:not([type=hidden])")?.focus();
  return true;
}

function pane(by) {
  const found = PANES.map((selector) => document.querySelector(selector)).filter((one) => one && one.offsetParent !== null);
  const sections = [".rail", ".list", "#log", ".composer", ".side"];
  const here = found.findIndex((one) => {
    const mine = sections.map((name) => one.closest(name)).find(Boolean);
    return mine?.contains(document.activeElement);
  });
  found[(here + by + found.length) % found.length]?.focus();
}

function press(id) {
  const form = byId(id);
  if (!form) return false;
  form.requestSubmit();
  return true;
}

const LETTERS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => byId("reply") && to("answer"),
  n: () => byId("reply") && to("note"),
  p: () => menu("promise"),
  a: () => menu("give") || menu("more"),
  h: () => menu("aside") || menu("more"),
  e: () => press("resolve"),
  u: () => press("unread"),
  z: () => byId("undo")?.click(),
  g: () => { going = performance.now(); },
  "/": () => palette.open(),
  "?": () => byId("keys").showModal(),
};

// What the palette offers: named, where it can be done.
const NAMED = {
  z: ["Undo what was just done", () => byId("undo")],
  r: ["Answer", () => byId("reply")],
  n: ["Write a note", () => byId("reply")],
  e: ["Resolve", () => byId("resolve")],
  h: ["Set aside", () => byId("aside")],
  p: ["Promise something", () => byId("promise")],
  a: ["Give to someone", () => byId("give")],
  u: ["Mark unread", () => byId("unread")],
  "?": ["Show all keys", () => byId("keys")],
};

function acts() {
  const here = Object.entries(NAMED).filter(([, [, there]]) => there());
  const away = [...document.querySelectorAll(".rail [data-go]")].filter((link) => link.getAttribute("aria-current") !== "page");
  const keys = here.pop();
  return [
    ...here.map(([key, [name]]) => ({ name, key: key.toUpperCase(), run: LETTERS[key] })),
    ...away.map((link) => ({ name: `Go to ${link.querySelector("span").textContent}`, key: `G ${link.dataset.go.toUpperCase()}`, run: () => location.assign(link.href) })),
    { name: keys[1][0], key: keys[0], run: LETTERS[keys[0]] },
  ];
}

// G, then the letter of a place of the rail.
function go(key) {
  const link = performance.now() - going < PATIENCE && document.querySelector(`.rail [data-go="${CSS.escape(key)}"]`);
  going = 0;
  if (link) location.assign(link.href);
  return Boolean(link);
}

function inField(target) {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function escape(event) {
  const open = [...document.querySelectorAll("details[open].menu, details[open].own")].pop();
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (document.activeElement === byId("reply")) {
    byId("log").focus();
  } else if (byId("close-side")?.offsetParent) {
    byId("close-side").click();
  } else {
    return;
  }
  event.preventDefault();
}

function chord(event) {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter" && event.target === byId("reply")) {
    const form = byId("composer");
    form.requestSubmit(event.shiftKey ? form.querySelector('button[value="resolve"]') : undefined);
  } else if (command && event.key.toLowerCase() === "k" && !event.shiftKey) {
    palette.open();
  } else if (event.key === "Enter" && event.target === byId("reply") && !event.shiftKey && !event.altKey && localStorage.getItem(enterSends) === "on") {
    byId("composer").requestSubmit();
  } else if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    waiting(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "F6") {
    pane(event.shiftKey ? -1 : 1);
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

function pressed(event) {
  if (event.isComposing || event.defaultPrevented || chord(event)) return;
  const dialog = document.querySelector("dialog[open]");
  if (event.key === "Escape") return void (dialog || escape(event));
  if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || dialog) return;
  const list = byId("rows");
  if (list?.contains(document.activeElement) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    step(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
  } else if (byId("log") === document.activeElement && (event.key === "Home" || event.key === "End")) {
    byId("log").scrollTop = event.key === "End" ? 0 : -byId("log").scrollHeight;
    event.preventDefault();
  } else if (localStorage.getItem(stored) !== "off" && event.key.length === 1 && going && go(event.key.toLowerCase())) {
    event.preventDefault();
  } else if (localStorage.getItem(stored) !== "off" && LETTERS[event.key.length === 1 ? event.key.toLowerCase() : ""]) {
    LETTERS[event.key.toLowerCase()]();
    event.preventDefault();
  }
}

function choice(id, name, otherwise, then) {
  const box = byId(id);
  box.checked = (localStorage.getItem(name) ?? otherwise) === "on";
  const changed = () => { localStorage.setItem(name, box.checked ? "on" : "off"); then?.(box.checked); };
  box.addEventListener("change", changed);
  then?.(box.checked);
}

function hint(enter) {
  const key = document.querySelector("#composer .split > .button .key");
  if (key) key.textContent = enter ? "↵" : APPLE ? "⌘ ↵" : "Ctrl ↵";
}

export function watch() {
  document.addEventListener("keydown", pressed);
  choice("letters", stored, "on");
  if (APPLE) {
    for (const key of document.querySelectorAll(".key")) key.textContent = key.textContent.replace("Ctrl", "⌘");
  }
  choice("enter-sends", enterSends, "off", hint);
  palette.watch(acts);
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details[open].menu")) if (!open.contains(event.target)) open.open = false;
  });
}
