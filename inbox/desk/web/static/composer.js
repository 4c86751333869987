// The answer box: drafts, counting, files, sending without leaving the page.
import * as files from "./files.js";
import { parse } from "./parts.js";

const form = document.getElementById("composer");
const box = document.getElementById("reply");
const waiting = [];  // sent without a connection: they leave, in order, when it is back
let timer = 0;
let counting = 0;
let kept = "";
let begun = false;  // whether the box has words

const mode = () => form.elements.mode.value;
const csrf = () => document.body.dataset.csrf;
const address = (name) => `/desk/c/${form.dataset.conversation}/${name}`;

export function post(url, fields, options = {}) {
  const body = new URLSearchParams({ csrf: csrf(), ...fields });
  return fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
}

// ---- drafts: one second after the last key, per mode ----
async function keep(options) {
  clearTimeout(timer);
  timer = 0;
  const text = box.value;
  form.dataset[mode()] = text;
  if (text === kept) return;
  kept = text;
  try {
    const answer = await post(address("draft"), { mode: mode(), text }, options);
    if (answer.ok) document.getElementById("kept").textContent = (await answer.json()).kept;
  } catch {
    kept = null;  // kept with the next key, or when the connection is back
  }
}

// Whoever begins to write has seen what the log shows.
function seen() {
  const last = [...document.querySelectorAll('#talk [id^="m-"]')].pop();
  if (last) form.elements.last.value = last.id.slice(2);
}

function written() {
  if (!begun) seen();
  begun = box.value !== "";
  clearTimeout(timer);
  timer = setTimeout(keep, 1000);
  count();
}

function turn(to) {
  const before = to === "note" ? "answer" : "note";
  if (timer || form.dataset[before] !== box.value) {
    const text = box.value;
    clearTimeout(timer);
    timer = 0;
    form.dataset[before] = text;
    post(address("draft"), { mode: before, text }).catch(() => {});
  }
  box.value = form.dataset[to];
  box.placeholder = box.dataset[to];
  kept = box.value;
  document.getElementById("kept").textContent = "";
  count();
}

export function to(wanted) {
  const radio = form.querySelector(`input[name="mode"][value="${wanted}"]`);
  if (!radio.checked) {
    radio.checked = true;
    turn(wanted);
  }
  (box.offsetParent ? box : radio).focus();  // a closed channel has its reason in the box's place
  box.setSelectionRange(box.value.length, box.value.length);
}

// ---- counting ----
function count() {
  const shown = document.getElementById("count");
  clearTimeout(counting);
  if (mode() === "note" || form.dataset.limit === "0") return void (shown.textContent = "");
  if (form.dataset.parts === "yes") {
    counting = setTimeout(counted, 200);
    return;
  }
  const used = { characters: [...box.value].length, utf16: box.value.length, bytes: new TextEncoder().encode(box.value).length }[form.dataset.unit];
  tell(shown, { shown: `${used} / ${form.dataset.limit}`, parts: "", why: "", over: used > Number(form.dataset.limit) });
}

async function counted() {
  try {
    const answer = await post(address("count"), { text: box.value });
    if (answer.ok) tell(document.getElementById("count"), await answer.json());
  } catch { /* counted again with the next key */ }
}

function tell(shown, fit) {
  shown.textContent = [fit.parts, fit.shown, fit.why].filter(Boolean).join(" · ");
  shown.classList.toggle("is-late", fit.over);
  shown.classList.toggle("is-soon", !fit.over && Boolean(fit.parts));
}

// ---- sending ----
function refuse(sentence, again) {
  document.getElementById("refused")?.remove();
  form.querySelector('input[name="sure"]')?.remove();
  if (!sentence) return;
  const line = parse('<p class="error composer-error" role="alert" id="refused"><svg class="icon icon-s" aria-hidden="true"><use href="#i-alert"/></svg><span></span></p>');
  line.querySelector("span").textContent = sentence;
  form.prepend(line);
  if (again) form.insertAdjacentHTML("beforeend", '<input type="hidden" name="sure" value="yes">');
}

// Our words at once, as Sending; the server's fragment takes their place.
function show(text, key) {
  const line = parse('<li class="said said-out said-first"><p class="who"><b>You</b></p><div class="bubble" dir="auto"><div class="words"></div></div><div class="after"><svg class="icon" aria-hidden="true"><use href="#i-clock"/></svg><span>Sending</span></div></li>');
  if (mode() === "note") {
    line.className = "aside aside-note";
    line.innerHTML = '<header><span>Note from you</span></header><div class="words" dir="auto"></div>';
  }
  line.id = `k-${key}`;
  line.querySelector(".words").textContent = text || "A file";
  document.getElementById("talk").append(line);
  document.getElementById("log").scrollTop = 0;
  return line;
}

// What reads like a promise is offered as one, until the next answer.
function offer(html) {
  document.getElementById("offer")?.remove();
  form.before(parse(html));
}

async function send(one) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: one.data, headers: { Accept: "application/json" } });
    const said = await answer.json().catch(() => ({ error: `Not sent (${answer.status}). Your words are still here.` }));
    if (said.error) {
      one.line.remove();
      if (!box.value) box.value = one.text;
      refuse(said.error, said.again);
      count();
      return true;
    }
    if (said.go) location.assign(said.go);
    if (said.id) form.elements.last.value = said.id;
    if (said.offer) offer(said.offer);
    // the stream brings the server's own line; ours leaves as it comes
    if (document.getElementById(`m-${said.id}`)) one.line.remove();
    else one.line.dataset.becomes = `m-${said.id}`;
    return true;
  } catch {
    one.line.querySelector(".after span, header span").textContent = "Waits for the connection";
    return false;
  }
}

async function leave() {
  while (waiting.length > 0 && await send(waiting[0])) waiting.shift();
}

// The link to a meeting comes into the box, to be read over; nothing is sent.
async function meet() {
  if (mode() === "note") to("answer");
  const answer = await post(address("meeting"), { mode: "answer", text: box.value }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!said?.text) return void refuse(said?.error ?? "No link was made. Try again.");
  box.value = said.text;
  box.focus();
  written();
}

function submit(event) {
  event.preventDefault();
  if (event.submitter?.id === "meeting") return void meet();
  const text = box.value;
  if (!text.trim() && !files.any()) return void refuse("There is nothing to send: write something or add a file.");
  const data = new FormData(form, event.submitter ?? undefined);
  const key = form.elements.key.value;
  refuse("");
  clearTimeout(timer);
  timer = 0;
  waiting.push({ data, text, line: show(text, key) });
  form.elements.key.value = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36)).join("");
  box.value = "";
  begun = false;
  kept = "";
  form.dataset[mode()] = "";
  document.getElementById("kept").textContent = "";
  for (const menu of form.querySelectorAll("details[open]")) menu.open = false;
  files.set([]);
  count();
  box.focus();
  if (waiting.length === 1) leave();
}

export function watch() {
  if (!form) return;
  kept = box.value;
  begun = kept !== "";
  box.addEventListener("input", written);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "/" || box.value || mode() === "note") return;
    event.preventDefault();
    location.assign(document.getElementById("saved").href);
  });
  for (const radio of form.querySelectorAll('input[name="mode"]')) radio.addEventListener("change", () => { turn(mode()); box.focus(); });
  form.addEventListener("submit", submit);
  files.watch();
  new MutationObserver(() => {
    for (const ours of document.querySelectorAll("[data-becomes]")) if (document.getElementById(ours.dataset.becomes)) ours.remove();
  }).observe(document.getElementById("talk"), { childList: true });
  document.addEventListener("back", () => { leave(); if (kept === null) keep(); });
  document.addEventListener("heard", () => { if (!document.hidden) post(address("read"), {}).catch(() => {}); });
  addEventListener("pagehide", () => { if (timer) keep({ keepalive: true }); });
  count();
}

