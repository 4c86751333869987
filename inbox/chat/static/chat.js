// The chat page: what is written here goes out, what is answered comes in.

import { wireBox } from "./box.js";
import { createTray } from "./files.js";
import { createFrame } from "./frame.js";
import { openLine } from "./line.js";
import { createLog } from "./log.js";
import { createMarks } from "./marks.js";
import { lead } from "./own.js";
import { createQueue } from "./queue.js";
import { keep, recall, scopeTo } from "./store.js";
import { provedBy, renew, request } from "./visitor.js";
import { clock, page, say, words } from "./words.js";

const part = (id) => document.getElementById(id);
const form = part("form");
const box = part("write");
const LIMIT = Number(page.textLimit);
const LINKS_LAST = 45 * 60 * 1000;
const title = document.title;

const frame = createFrame({
  onOpen: () => { box.focus(); log.inSight().forEach(marks.looked); news(); },
  onClose: () => {},
});
const isLooking = () => document.visibilityState === "visible" && frame.isOpen();
const marks = createMarks({ isLooking });
const log = createLog({ onSeen: (message) => { marks.looked(message); news(); }, onAgain: sendAgain });
const queue = createQueue({
  onSent: (ids) => log.change(ids, "sent"),
  onRefused: (entry) => { log.change(new Set([entry.id]), "refused"); problem(words.refused); },
  onWaiting: (entries) => log.change(new Set(entries.map((entry) => entry.id)), "waiting"),
});
const tray = createTray({ problem, onChange: () => {} });

let downSince = null;
let typingTimer = 0;

// Until the site has greeted us, nothing is kept or sent: it may say whose words these are.
const known = frame.greeting.then((hello) => {
  scopeTo(hello.customer);
  provedBy(hello.customer, hello.proof);
});
const writing = wireBox({ form, box, tray, known, isDown: () => downSince !== null });
start();

async function start() {
  await known;
  if (!box.value) box.value = recall("draft", "");
  log.show(queue.entries().map(pending), { quiet: true });
  await renew().catch(() => {}); // without a connection the old identity serves, or the line asks again
  const line = openLine({ onEvent: hear, onUp: up, onDown: down });
  setInterval(line.connect, LINKS_LAST);
  queue.drain();
  addEventListener("online", queue.drain);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    log.inSight().forEach(marks.looked);
    news();
    if (downSince) line.connect();
  });
}

// ---- what comes in

async function hear(kind, told) {
  if (kind === "typing") { typing(told.who); return; }
  const first = log.first() === undefined;
  await catchUp(told);
  log.show(told.messages, { quiet: first });
  if (first) part("earlier").hidden = !told.more;
  if (first && told.more) log.dropSettled();
  if (told.messages.some((message) => !message.mine)) typing("");
  told.messages.forEach(marks.delivered);
  if (isLooking()) log.inSight().forEach(marks.looked);
  answering(told.agent);
  lead(told.page);
  news();
}

/** After a long absence the stream begins behind what we have: ask for what lies between. */
async function catchUp(told) {
  let last = log.last();
  while (last && told.from && BigInt(told.from) > BigInt(last) && told.more) {
    const answer = await request(`/chat/messages?after=${last}`);
    if (!answer.ok) return;
    const between = await answer.json();
    log.show(between.messages);
    last = log.last();
    if (!between.more) return;
  }
}

part("earlier").firstElementChild.addEventListener("click", async () => {
  const answer = await request(`/chat/messages?before=${log.first()}`).catch(() => null);
  if (!answer?.ok) return;
  const past = await answer.json();
  log.show(past.messages, { quiet: true });
  part("earlier").hidden = !past.more;
  if (!past.more) part("log").focus({ preventScroll: true });
});

function answering(agent) {
  if (!agent.name) return;
  const name = document.createElement("bdi");
  name.textContent = say("agent", { who: agent.name, business: page.business });
  if (part("who").textContent !== name.textContent) part("who").replaceChildren(name);
  const letters = agent.name.split(/\s+/).map((word) => [...word][0] ?? "");
  part("face").textContent = [letters[0], letters.length > 1 ? letters.at(-1) : ""].join("").toLocaleUpperCase();
  part("face").classList.toggle("face-here", agent.here);
}

function typing(who) {
  clearTimeout(typingTimer);
  part("typing").hidden = !who;
  if (who) {
    part("status").textContent = say("typing", { who });
    typingTimer = setTimeout(() => typing(""), 6000);
  }
}

/** Tell how many answers nobody has looked at: in the tab's title, and to the widget's button. */
function news() {
  const unseen = log.all().filter((one) => !one.mine && !one.deleted && one.seen !== "read" && !marks.isRead(one));
  document.title = unseen.length ? `(${unseen.length}) ${title}` : title;
  const last = unseen.at(-1);
  frame.tell({
    tidings: "news",
    count: unseen.length,
    begun: log.all().length > 0,
    peek: last ? { id: last.id, who: last.automatic ? words.assistant : last.who, text: spoken(last) || last.files[0]?.name || "" } : null,
  });
}

/** The words without their marks, for one line. */
const spoken = (message) => message.runs ? message.runs.map(([said]) => said).join("") : message.text;

function up() {
  if (downSince && !part("offline").hidden) {
    part("back").hidden = false;
    part("status").textContent = words.back;
    setTimeout(() => { part("back").hidden = true; }, 3000);
  }
  downSince = null;
  part("offline").hidden = true;
  queue.drain();
}

function down() {
  if (downSince) return;
  downSince = new Date();
  typing("");
  const shown = navigator.onLine ? 2000 : 0; // a line that comes back at once is no news
  setTimeout(() => {
    if (!downSince) return;
    part("offline").querySelector("strong").textContent = say("offline", { time: clock(downSince) });
    part("offline").hidden = false;
    part("status").textContent = part("offline").textContent.trim();
  }, shown);
  log.change(new Set(queue.entries().map((entry) => entry.id)), "waiting");
}

// ---- what goes out

const pending = (entry) => ({
  id: "", key: entry.id, mine: true, who: "", automatic: false, text: entry.text, at: entry.at, edited: "", deleted: "",
  seen: downSince || !navigator.onLine ? "waiting" : "sending", receipts: [], files: entry.files,
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = box.value;
  if (!text.trim() && !tray.count()) return;
  if (text.length > LIMIT) { problem(say("too_long", { n: text.length, cap: LIMIT })); return; }
  problem("");
  box.value = "";
  await known;
  keep("draft", null);
  writing.sent();
  const files = await tray.taken();
  if (!text.trim() && !files.length) return;
  send({ id: newId(), text, files, at: new Date().toISOString() });
});

function send(entry) {
  log.show([pending(entry)], { quiet: true });
  log.end();
  queue.add(entry);
}

function sendAgain(message) {
  problem("");
  send({ id: message.key, text: message.text, files: message.files, at: message.at });
}

function newId() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function problem(text) {
  part("problem").hidden = !text;
  part("problem").querySelector("span").textContent = text;
}
