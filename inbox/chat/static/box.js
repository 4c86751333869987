// The box that is written in: drafts, typing, keys, and files that are pasted or dropped.

import { keep } from "./store.js";
import { post } from "./queue.js";

export function wireBox({ form, box, tray, known, isDown }) {
  let lastTyping = 0;

  box.addEventListener("input", async () => {
    await known;
    keep("draft", box.value || null);
    const now = Date.now();
    if (!box.value.trim() || isDown() || now - lastTyping < 5000) return;
    lastTyping = now;
    post([{ kind: "typing" }]).catch(() => {});
  });

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.altKey) return;
    const byKey = event.ctrlKey || event.metaKey || matchMedia("(pointer: fine)").matches;
    if (!byKey) return;
    event.preventDefault();
    form.requestSubmit();
  });

  box.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    tray.add([...event.clipboardData.files]);
  });

  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.add("chat-dragged");
    });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("chat-dragged"); });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("chat-dragged");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    tray.add([...event.dataTransfer.files]);
  });

  return { sent: () => { lastTyping = 0; } };
}
