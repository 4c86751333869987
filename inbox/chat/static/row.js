// One message as it stands in the log. Words become text nodes and nothing else.

import { clock, say, size, stamp, words } from "./words.js";

const shape = document.getElementById("row").content.firstElementChild;
const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}']/g;

export function createRow() {
  const row = document.importNode(shape, true);
  row.querySelector(".after").hidden = true;
  return row;
}

/** Write a message into its row; `tryAgain` is offered where it was refused. */
export function fill(row, message, tryAgain) {
  const at = new Date(message.at);
  row.classList.add(message.mine ? "said-out" : "said-in");
  row.dataset.id = message.id || message.key;
  const name = document.createElement("bdi");
  name.textContent = message.mine ? words.you : message.automatic ? words.assistant : message.who;
  row.querySelector(".who b").replaceChildren(name);
  const time = row.querySelector("time");
  time.dateTime = message.at;
  time.title = stamp(at);
  time.textContent = clock(at);
  const bubble = row.querySelector(".bubble");
  bubble.classList.toggle("gone", Boolean(message.deleted));
  const text = message.deleted ? say("withdrawn", { time: clock(new Date(message.deleted)) }) : message.text;
  const said = JSON.stringify(message.runs ?? "") + text; // ours come back from the server with their formatting
  if (bubble.dataset.said !== said) {
    bubble.dataset.said = said;
    bubble.replaceChildren(...(message.deleted || !message.runs ? linked(text) : formatted(message.runs)));
  }
  files(row.querySelector(".files"), message.files);
  mark(row.querySelector(".after"), message, tryAgain);
}

const TAGS = { bold: "strong", italic: "em", struck: "s", code: "code", block: "pre" };

/** Words with what they are (outer kind first) as nodes; a block stands on lines of its own by itself. */
function formatted(runs) {
  return runs.flatMap(([said, kinds], at) => {
    if (kinds) return kinds.split(" ").reduceRight((inside, kind) => {
      const part = document.createElement(TAGS[kind] ?? "span");
      part.append(...inside);
      return [part];
    }, kinds.includes("block") ? [said] : linked(said));
    const after = runs[at - 1]?.[1] === "block" ? said.replace(/^\n/, "") : said;
    return linked(runs[at + 1]?.[1] === "block" ? after.replace(/\n$/, "") : after);
  });
}

function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const link = document.createElement("a");
    link.href = found[0];
    link.textContent = found[0];
    link.rel = "noopener nofollow ugc";
    link.target = "_blank";
    parts.push(text.slice(from, found.index), link);
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

function files(list, ones) {
  const gist = JSON.stringify(ones.map((one) => [one.key, one.state, one.name]));
  if (list.dataset.gist === gist) { // links last an hour; new ones take the place of the old
    [...list.children].forEach((item, at) => item.querySelector("a")?.setAttribute("href", ones[at].url));
    return;
  }
  list.dataset.gist = gist;
  list.replaceChildren(...ones.map((one) => {
    const item = document.createElement("li");
    item.append(one.url && one.kind === "image" ? photo(one) : file(one));
    return item;
  }));
}

function photo(one) {
  const link = document.createElement("a");
  link.href = one.url;
  link.target = "_blank";
  link.rel = "noopener";
  link.className = "photo-link";
  const image = new Image();
  image.className = "photo";
  image.alt = one.name;
  image.src = one.small || one.url;
  link.append(image);
  return link;
}

function file(one) {
  const part = document.createElement(one.url ? "a" : "span");
  part.className = "file";
  if (one.url) {
    part.href = one.url;
    part.target = "_blank";
    part.rel = "noopener";
  }
  const name = document.createElement("bdi");
  name.textContent = one.name;
  const rest = document.createElement("small");
  rest.textContent = one.state === "refused" ? words.file_gone : one.size ? size(one.size) : "";
  part.append(icon("file"), name, rest);
  return part;
}

const MARKS = {
  waiting: ["clock", "waiting", "after-soon"],
  sending: ["clock", "sending", ""],
  sent: ["check", "sent", ""],
  delivered: ["check", "sent", ""],
  read: ["checks", "read", ""],
  refused: ["alert", "refused", "after-late"],
};

function mark(line, message, tryAgain) {
  const edited = message.edited && !message.deleted ? say("edited", { time: clock(new Date(message.edited)) }) : "";
  const [symbol, word, tone] = message.mine ? MARKS[message.seen] : ["", "", ""];
  const gist = `${symbol} ${word} ${edited}`;
  if (line.dataset.gist === gist) return;
  line.dataset.gist = gist;
  line.className = `after ${tone}`;
  const told = document.createElement(message.seen === "refused" ? "button" : "span");
  if (message.seen === "refused") {
    told.type = "button";
    told.addEventListener("click", tryAgain);
  }
  told.textContent = [edited, word && words[word]].filter(Boolean).join(" · ");
  line.replaceChildren(...(symbol ? [icon(symbol)] : []), told);
}

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}
