// Times that tick, texts only: how long somebody waits, and how long a channel's window stays open.
const MINUTE = 60_000;
const SOON = 120;  // minutes
const LATE = 10;
const skew = Date.parse(document.body.dataset.now) - Date.now();  // the house's clock is the one that counts
let timer = 0;

const now = () => Date.now() + skew;

function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function waited(minutes) {
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days) return days === 1 ? "1 day" : `${days} days`;
  if (hours) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return minutes ? `${minutes} min` : "now";
}

function left(minutes) {
  if (minutes < 1) return "under 1 min";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Amber, red, then the reason in the place of the box; the next page or fragment says the same.
function shrink(shown) {
  const time = shown.querySelector("time");
  const rest = Date.parse(time.dateTime) - now();
  const minutes = Math.floor(rest / MINUTE);
  shown.hidden = rest <= 0;
  document.getElementById("window-over").hidden = rest > 0;
  tell(time, left(minutes));
  shown.classList.toggle("is-soon", minutes < SOON && minutes >= LATE);
  shown.classList.toggle("is-late", minutes < LATE);
  return rest > 0 ? rest : MINUTE;
}

function tick() {
  clearTimeout(timer);
  for (const time of document.querySelectorAll("time[data-waits]")) {
    tell(time, waited(Math.max(0, Math.floor((now() - Date.parse(time.dateTime)) / MINUTE))));
  }
  const shown = document.getElementById("window-left");
  const rest = shown ? shrink(shown) : MINUTE;
  timer = setTimeout(tick, Math.min(rest + 1, MINUTE - (now() % MINUTE)));
}

export function watch() {
  timer = setTimeout(tick, MINUTE - (now() % MINUTE));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  tick();
}
