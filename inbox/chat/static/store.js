// What this browser remembers, in localStorage; in memory where the browser refuses storage.

const memory = new Map();
let scope = "";

/** Keep one customer's words apart from another's on the same computer. */
export function scopeTo(customer) {
  scope = customer ? `${customer}.` : "";
}

export function nameOf(key) {
  return `tidings.${scope}${key}`;
}

export function recall(key, otherwise) {
  const name = nameOf(key);
  try {
    const kept = localStorage.getItem(name);
    if (kept !== null) return JSON.parse(kept);
  } catch {
    // storage is refused or holds something strange
  }
  return memory.has(name) ? memory.get(name) : otherwise;
}

export function keep(key, value) {
  const name = nameOf(key);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
    memory.delete(name);
  } catch {
    memory.set(name, value);
  }
}
