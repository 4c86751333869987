// Who we are to the server: a signed identity, renewed at each visit.

import { keep, recall } from "./store.js";

let renewing = null;
let proved = {};

/** The site that embeds us says who its customer is; `proof` is checked by the server. */
export function provedBy(customer, proof) {
  proved = customer && proof ? { customer, proof } : {};
}

export function renew() {
  renewing ??= ask().finally(() => { renewing = null; });
  return renewing;
}

async function ask() {
  const token = recall("visitor", "");
  const answer = await fetch("/chat/visitor", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(proved),
  });
  if (!answer.ok) throw new Error(`identity ${answer.status}`);
  keep("visitor", (await answer.json()).token);
}

/** fetch() with our identity; an identity that has grown old is renewed once. */
export async function request(path, options = {}) {
  if (!recall("visitor", "")) await renew();
  const answer = await signed(path, options);
  if (answer.status !== 401) return answer;
  await renew();
  return signed(path, options);
}

function signed(path, options) {
  return fetch(path, { ...options, headers: { ...options.headers, Authorization: `Bearer ${recall("visitor", "")}` } });
}
