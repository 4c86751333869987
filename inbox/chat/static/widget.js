// The button and the dialog on somebody else's page. Everything is in a shadow tree with constructed
// style sheets, so that a strict Content-Security-Policy of the page stands in nobody's way.

(() => {
  const script = document.currentScript;
  if (!script || window.tidingsWidget) return;
  window.tidingsWidget = true;

  const home = new URL(script.src).origin;
  const given = script.dataset;
  const SPOKEN = {
    en: { open: "Write to us", one: "1 new message", many: "{n} new messages", news: "New message", hide: "Hide this message", chat: "Chat" },
    pt: { open: "Escreva-nos", one: "1 mensagem nova", many: "{n} mensagens novas", news: "Mensagem nova", hide: "Esconder esta mensagem", chat: "Conversa" },
    es: { open: "Escríbanos", one: "1 mensaje nuevo", many: "{n} mensajes nuevos", news: "Mensaje nuevo", hide: "Ocultar este mensaje", chat: "Conversación" },
  };
  const wanted = [given.lang, document.documentElement.lang, ...navigator.languages].map((tag) => (tag || "").slice(0, 2).toLowerCase());
  const language = wanted.find((tag) => tag in SPOKEN) || "en";
  const words = SPOKEN[language];

  const STYLE = `
    :host { all: initial; color-scheme: light dark; --accent: #0b6570; --accent-hover: #0c525d; --accent-ink: #f9fdfd; --late: #ae2e2a; --panel: #fcfefe; --ink: #152328; --line: #d4dcdd; --focus: #0b71a1; }
    @media (prefers-color-scheme: dark) { :host { --accent: #6bccd5; --accent-hover: #87dfe6; --accent-ink: #051b20; --late: #fa9487; --panel: #1d2629; --ink: #e8eeef; --line: #2b3437; --focus: #6cd3fa; } }
    * { box-sizing: border-box; margin: 0; }
    [hidden] { display: none !important; }
    .corner { position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: 2147483000; font: 400 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); }
    .corner.aside { inset-inline: 16px auto; }
    button { font: inherit; color: inherit; cursor: pointer; border: 0; }
    :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
    .launcher { position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; border-radius: 50%; background: var(--accent); color: var(--accent-ink); box-shadow: 0 1px 2px #0002, 0 8px 24px -6px #0005; }
    .launcher:hover { background: var(--accent-hover); }
    svg { display: block; inline-size: 26px; block-size: 26px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    .badge { position: absolute; inset-block-start: -2px; inset-inline-end: -2px; min-inline-size: 20px; block-size: 20px; padding: 0 5px; border-radius: 10px; display: grid; place-items: center; font-size: 11px; font-weight: 700; line-height: 1; background: var(--late); color: var(--panel); box-shadow: 0 0 0 2px var(--panel); }
    .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .peek { position: absolute; inset-block-end: 68px; inset-inline-end: 0; inline-size: min(272px, 100vw - 32px); display: flex; gap: 8px; align-items: start; padding: 12px; border-radius: 16px; border-end-end-radius: 4px; background: var(--panel); border: 1px solid var(--line); box-shadow: 0 1px 2px #0002, 0 8px 24px -6px #0004; }
    .aside .peek { inset-inline: 0 auto; }
    .peek p { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; white-space: pre-line; max-block-size: 6em; overflow: hidden; }
    .peek b { display: block; font-size: 13px; font-weight: 650; }
    .peek button { background: none; inline-size: 28px; block-size: 28px; display: grid; place-items: center; flex: none; margin: -4px; border-radius: 14px; }
    .peek svg { inline-size: 16px; block-size: 16px; }
    .dialog { position: absolute; inset-block-end: 0; inset-inline-end: 0; inline-size: 380px; block-size: min(640px, 100dvh - 32px); border-radius: 16px; overflow: hidden; background: var(--panel); border: 1px solid var(--line); box-shadow: 0 2px 6px #0002, 0 24px 64px -12px #0006; }
    .aside .dialog { inset-inline: 0 auto; }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; color-scheme: light dark; }
    @media (max-width: 479.98px) { .corner.open { inset: 0; } .dialog { position: fixed; inset: 0; inline-size: 100%; block-size: 100dvh; border: 0; border-radius: 0; } }
    @media (forced-colors: active) { .launcher, .badge, .peek, .dialog { border: 1px solid currentColor; } }
  `;

  const ICONS = {
    bubble: "M4 3.5h12A1.5 1.5 0 0 1 17.5 5v8a1.5 1.5 0 0 1-1.5 1.5h-5.5L6.5 17.5v-3H4A1.5 1.5 0 0 1 2.5 13V5A1.5 1.5 0 0 1 4 3.5z",
    cross: "m5.5 5.5 9 9M14.5 5.5l-9 9",
  };

  const corner = make("div", "corner");
  const launcher = make("button", "launcher", { type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" });
  const badge = make("span", "badge", { "aria-hidden": "true" });
  const label = make("span", "unseen");
  const peek = make("div", "peek", { "aria-label": words.news, role: "status" });
  const peekText = make("p");
  const hide = make("button", "", { type: "button", "aria-label": words.hide });
  const dialog = make("div", "dialog", { role: "dialog", "aria-label": given.title || words.chat });
  let frame = null;
  let isOpen = false;
  let peeked = recall("peeked");

  function begin() {
    const host = document.createElement("tidings-chat");
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    badge.hidden = peek.hidden = dialog.hidden = true;
    launcher.append(drawing("bubble"), badge, label);
    hide.append(drawing("cross"));
    peek.append(peekText, hide);
    corner.append(dialog, peek, launcher);
    shadow.append(corner);
    document.body.append(host);
    count(0);
    launcher.addEventListener("click", open);
    hide.addEventListener("click", () => { peek.hidden = true; launcher.focus(); });
    peekText.addEventListener("click", open);
    shadow.addEventListener("keydown", (event) => { if (event.key === "Escape") escape(); });
    addEventListener("message", hear);
    addEventListener("focusin", makeRoom);
    if (recall("begun")) load(); // a visitor who wrote before hears of answers without opening
  }

  function load() {
    if (frame) return;
    frame = make("iframe", "", { title: given.title || words.chat, src: `${home}/chat/frame?lang=${language}`, allow: "clipboard-write" });
    frame.addEventListener("load", () => {
      tell({ tidings: "hello", customer: given.customer || "", proof: given.proof || "" });
      if (isOpen) tell({ tidings: "open" });
    });
    dialog.append(frame);
  }

  function open() {
    load();
    isOpen = true;
    corner.classList.add("open");
    dialog.hidden = false;
    peek.hidden = launcher.hidden = true;
    launcher.setAttribute("aria-expanded", "true");
    frame.focus();
    tell({ tidings: "open" });
  }

  function close() {
    if (!isOpen) return;
    isOpen = false;
    corner.classList.remove("open");
    dialog.hidden = true;
    launcher.hidden = false;
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
    tell({ tidings: "closed" });
  }

  function escape() {
    if (isOpen) close();
    else if (!peek.hidden) { peek.hidden = true; launcher.focus(); }
  }

  function tell(message) {
    frame?.contentWindow?.postMessage(message, home); // only our own page may read it
  }

  function hear(event) {
    if (event.origin !== home || event.source !== frame?.contentWindow) return;
    if (event.data?.tidings === "close") close();
    if (event.data?.tidings === "news") news(event.data);
  }

  function news(told) {
    if (told.begun) remember("begun", "1");
    count(told.count);
    if (isOpen || !told.peek || told.peek.id === peeked) {
      if (!told.peek) peek.hidden = true;
      return;
    }
    peeked = told.peek.id;
    remember("peeked", peeked);
    const who = make("b");
    who.textContent = told.peek.who;
    peekText.replaceChildren(who, told.peek.text);
    peek.hidden = false;
  }

  function count(number) {
    badge.hidden = number === 0;
    badge.textContent = number > 9 ? "9+" : String(number);
    const said = number === 1 ? words.one : words.many.replace("{n}", number);
    label.textContent = number ? `${words.open}, ${said}` : words.open;
  }

  /** Step to the other side when we would lie over what the page's reader is at. */
  function makeRoom(event) {
    if (isOpen || !(event.target instanceof Element) || event.target === corner.getRootNode().host) return;
    corner.classList.remove("aside");
    const theirs = event.target.getBoundingClientRect();
    const ours = launcher.getBoundingClientRect();
    const over = theirs.left < ours.right && theirs.right > ours.left && theirs.top < ours.bottom && theirs.bottom > ours.top;
    corner.classList.toggle("aside", over);
  }

  function recall(key) {
    try { return localStorage.getItem(`tidings-chat.${key}`) ?? ""; } catch { return ""; }
  }

  function remember(key, value) {
    try { localStorage.setItem(`tidings-chat.${key}`, value); } catch { /* the page forbids storage: opened by hand then */ }
  }

  function make(name, className = "", attributes = {}) {
    const element = document.createElement(name);
    if (className) element.className = className;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  function drawing(name) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 20 20");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }

  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();
