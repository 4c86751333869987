// One EventSource a tab: it is opened again by itself, and says since when there is no connection.
import { apply, begin, keepOnly, parse } from "./parts.js";

const SILENCE = 20_000;
let source = null;
let tries = 0;
let heardAt = performance.now();
let lostAt = null;
let retry = 0;
let typing = 0;

function strip(text, back = false) {
  const offline = document.getElementById("offline");
  if (offline) {
    offline.hidden = text === "";
    offline.querySelector("p").textContent = text;
  }
  state();
  if (back) setTimeout(() => { if (lostAt === null) strip(""); }, 3000);
}

function state() {
  const line = document.getElementById("live-state");
  line?.classList.toggle("live-off", lostAt !== null);
  const text = lostAt !== null ? "No connection" : "Up to date";
  if (line && line.textContent !== text) line.textContent = text;
}

function heard() {
  heardAt = performance.now();
  tries = 0;
  if (lostAt !== null) {
    lostAt = null;
    strip("Back, up to date.", true);
    document.dispatchEvent(new CustomEvent("back"));
  }
}

function lost() {
  if (lostAt !== null) return;
  lostAt = new Date();
  const clock = lostAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  strip(`No connection since ${clock}. Go on writing; answers leave when it is back.`);
}

// A promise that is due stays in view until it is closed, once however often it is told.
function remind(html) {
  const fresh = parse(html);
  document.getElementById(fresh.id)?.remove();
  let toasts = document.querySelector(".toasts");
  if (!toasts) {
    toasts = document.createElement("div");
    toasts.className = "toasts";
    document.body.append(toasts);
  }
  toasts.append(fresh);
}

function open(url) {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(url);
  source.addEventListener("open", begin);
  source.addEventListener("part", (event) => { heard(); apply(JSON.parse(event.data)); });
  source.addEventListener("list", (event) => {
    heard();
    keepOnly(JSON.parse(event.data).ids);
    state();
  });
  source.addEventListener("beat", heard);
  source.addEventListener("out", () => { source.close(); location.assign("/desk/sign-in"); });
  source.addEventListener("typing", (event) => {
    heard();
    const line = document.getElementById("typing");
    if (!line) return;
    line.textContent = JSON.parse(event.data).text;
    clearTimeout(typing);
    typing = setTimeout(() => { line.textContent = ""; }, 6000);
  });
  source.addEventListener("reminder", (event) => { heard(); remind(JSON.parse(event.data).html); });
  source.addEventListener("error", () => {
    source.close();
    const wait = Math.min(30, 2 ** tries++) * (0.75 + Math.random() / 2);
    if (tries > 1) lost();
    retry = setTimeout(open, wait * 1000, url);
  });
}

export function follow() {
  const url = document.body.dataset.live;
  if (!url) return;
  open(url);
  setInterval(() => {
    if (performance.now() - heardAt > SILENCE) {
      lost();
      if (source.readyState === EventSource.OPEN) open(url);
    }
  }, 2000);
  addEventListener("online", () => open(url));
  addEventListener("offline", lost);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && lostAt !== null) open(url); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) open(url); });
}
