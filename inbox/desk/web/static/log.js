// The log: append only; it stays at the end, or keeps its place and says how many are new.
const log = document.getElementById("log");
const button = document.getElementById("new-words");
let unseen = 0;

export function append(fresh) {
  const talk = document.getElementById("talk");
  const atEnd = log.scrollTop > -48;
  const anchor = [...talk.children].find((one) => one.getBoundingClientRect().bottom > log.getBoundingClientRect().top);
  const top = anchor?.getBoundingClientRect().top;
  talk.append(fresh);
  const heard = fresh.classList.contains("said-in");
  if (atEnd) {
    log.scrollTop = 0;
  } else {
    log.scrollTop += anchor.getBoundingClientRect().top - top;
    if (heard) newWords(unseen + 1);
  }
  if (heard) document.dispatchEvent(new CustomEvent("heard"));
}

function newWords(number) {
  unseen = number;
  button.hidden = number === 0;
  button.textContent = number === 1 ? "1 new message" : `${number} new messages`;
}

export function watch() {
  if (!log) return;
  log.addEventListener("scroll", () => { if (log.scrollTop > -48 && unseen) newWords(0); }, { passive: true });
  button.addEventListener("click", () => { log.scrollTop = 0; newWords(0); log.focus(); });
}
