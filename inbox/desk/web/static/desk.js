// The desk in a tab: it works without any of this; these lines give it life.
import * as composer from "./composer.js";
import * as keys from "./keys.js";
import { follow } from "./live.js";
import * as parts from "./parts.js";

// Waiting times tick on the full minute, texts only.
function tick() {
  for (const time of document.querySelectorAll("time[data-waits]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000));
    const hours = Math.floor(minutes / 60);
    const days = Math.floor(hours / 24);
    const text = days > 1 ? `${days} days` : days === 1 ? "1 day" : hours ? `${hours} h ${String(minutes % 60).padStart(2, "0")}` : minutes ? `${minutes} min` : "now";
    if (time.textContent !== text) time.textContent = text;
  }
  setTimeout(tick, 60_000 - (Date.now() % 60_000));
}

// A toast stays 6 s, longer under the hand; one that says what went wrong stays until it is left.
function toast() {
  const shown = document.getElementById("toast");
  if (!shown) return;
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.searchParams.delete("of");
  history.replaceState(null, "", address);
  if (shown.classList.contains("toast-late")) return;
  setTimeout(function away() {
    if (shown.matches(":hover, :focus-within")) setTimeout(away, 2000);
    else shown.hidden = true;
  }, 6000);
}

function arrive() {
  const asked = new URLSearchParams(location.search).get("done");
  if (asked === "resolved" || asked === "snoozed") document.querySelector("#rows .row-link[aria-current], #rows .row-link")?.focus();
}

arrive();
parts.watch();
composer.watch();
keys.watch();
toast();
setTimeout(tick, 60_000 - (Date.now() % 60_000));
follow();
