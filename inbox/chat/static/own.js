// The way to the visitor's own page, for who is a customer already: the server says where it is.

import { language } from "./words.js";

const link = document.getElementById("own");

/** Lead to *path*, which the server signed; an empty one leads nowhere and shows nothing. */
export function lead(path) {
  link.hidden = !path;
  if (path) link.href = `${path}?lang=${language}`;
}
