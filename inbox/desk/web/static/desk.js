// The desk in a tab: it works without any of this; these lines give it life.
import * as composer from "./composer.js";
import * as keys from "./keys.js";
import { follow } from "./live.js";
import * as parts from "./parts.js";
import * as times from "./times.js";

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

document.addEventListener("click", (event) => {
  const away = event.target instanceof Element && event.target.closest("[data-away]");
  if (away) document.getElementById(away.dataset.away)?.remove();
});

arrive();
parts.watch();
composer.watch();
keys.watch();
toast();
times.watch();
follow();
