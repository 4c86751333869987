// Inside the widget: the site's page and ours talk, each sure who the other is.

import { page } from "./words.js";

/**
 * Wait for the site's greeting; resolves at once when we are not framed.
 * Only a page that the server allows is listened to, and only it is answered.
 */
export function createFrame({ onOpen, onClose }) {
  const framed = document.body.classList.contains("framed");
  const sites = [...JSON.parse(page.sites), location.origin];
  let host = null;
  let open = !framed;

  const greeting = new Promise((resolve) => {
    if (!framed) { resolve({}); return; }
    addEventListener("message", (event) => {
      if (event.source !== parent || !sites.includes(event.origin)) return;
      const told = event.data;
      if (told?.tidings === "hello") {
        host = event.origin;
        resolve(told);
      } else if (told?.tidings === "open") {
        open = true;
        onOpen();
      } else if (told?.tidings === "closed") {
        open = false;
        onClose();
      }
    });
  });

  const tell = (words) => { if (host) parent.postMessage(words, host); };

  if (framed) {
    const close = () => tell({ tidings: "close" });
    document.getElementById("close").addEventListener("click", close);
    addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) close(); });
  }
  return { greeting, tell, framed, isOpen: () => open };
}
