// What the page says: the server's sentences, and times as this reader writes them.

export const page = document.body.dataset;
export const words = JSON.parse(page.words);
export const language = document.documentElement.lang;

// The reader's own habit of the page's language: 14:38 in en-GB, 2:38 PM in en-US.
const habit = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;

const clockForm = new Intl.DateTimeFormat(habit, { hour: "2-digit", minute: "2-digit" });
const dayForm = new Intl.DateTimeFormat(habit, { weekday: "long", day: "numeric", month: "long" });
const yearForm = new Intl.DateTimeFormat(habit, { day: "numeric", month: "long", year: "numeric" });
const fullForm = new Intl.DateTimeFormat(habit, { dateStyle: "full", timeStyle: "short" });

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

export function clock(when) {
  return clockForm.format(when);
}

export function stamp(when) {
  return fullForm.format(when);
}

/** A day as the reader's own calendar has it, to compare days by. */
export function dayKey(when) {
  return `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, "0")}-${String(when.getDate()).padStart(2, "0")}`;
}

export function dayName(when, now = new Date()) {
  const key = dayKey(when);
  if (key === dayKey(now)) return words.today;
  if (key === dayKey(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return words.yesterday;
  const name = (when.getFullYear() === now.getFullYear() ? dayForm : yearForm).format(when);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

export function size(bytes) {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  const digits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(habit, { style: "unit", unit, maximumFractionDigits: digits }).format(Math.max(value, 0.1));
}
