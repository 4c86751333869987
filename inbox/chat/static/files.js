// Files that wait in the tray: uploaded at once, sent with the next message.

import { icon } from "./row.js";
import { page, say, size, words } from "./words.js";
import { request } from "./visitor.js";

const CAP = Number(page.fileLimit);
const MOST = Number(page.filesLimit);

export function createTray({ problem, onChange }) {
  const tray = document.getElementById("tray");
  const picker = document.getElementById("picker");
  const clip = document.getElementById("clip");
  let chosen = []; // { name, size, kind, ref, item, uploading }

  clip.hidden = false;
  clip.addEventListener("click", () => picker.click());
  picker.addEventListener("change", () => {
    add([...picker.files]);
    picker.value = "";
  });

  function add(files) {
    problem("");
    for (const file of files) {
      if (chosen.length >= MOST) return problem(words.too_many);
      if (file.size > CAP) problem(say("too_large", { name: file.name, size: size(file.size), cap: size(CAP) }));
      else take(file);
    }
  }

  function take(file) {
    const one = { key: `${file.name} ${file.lastModified} ${chosen.length}`, name: file.name || "file", size: file.size, kind: kindOf(file), ref: "" };
    one.item = chip(one);
    chosen.push(one);
    one.uploading = upload(one, file);
    draw();
  }

  async function upload(one, file) {
    let status = 0;
    try {
      const answer = await request(`/chat/files?name=${encodeURIComponent(one.name)}`, {
        method: "POST",
        headers: { "Content-Type": file.type || "application/octet-stream" },
        body: file,
      });
      status = answer.status;
      if (answer.ok) one.ref = (await answer.json()).ref;
    } catch {
      // no connection: said below
    }
    if (!one.ref) {
      remove(one);
      problem(reason(status, one));
    }
    draw();
  }

  function reason(status, one) {
    if (status === 413) return say("too_large", { name: one.name, size: size(one.size), cap: size(CAP) });
    if (status === 415) return say("bad_kind", { name: one.name });
    return status === 429 ? words.too_fast : say("not_up", { name: one.name });
  }

  function remove(one) {
    chosen = chosen.filter((other) => other !== one);
    draw();
  }

  function draw() {
    tray.hidden = chosen.length === 0;
    tray.replaceChildren(...chosen.map((one) => one.item));
    for (const one of chosen) {
      one.item.querySelector("small").textContent = one.ref ? size(one.size) : words.uploading;
    }
    onChange();
  }

  function chip(one) {
    const item = document.createElement("li");
    const part = document.createElement("span");
    part.className = "file";
    const name = document.createElement("bdi");
    name.textContent = one.name;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-bare";
    const label = document.createElement("span");
    label.className = "unseen";
    label.textContent = say("remove", { name: one.name });
    button.append(icon("cross"), label);
    button.addEventListener("click", () => {
      remove(one);
      (tray.querySelector("button") ?? clip).focus();
    });
    part.append(icon("file"), name, document.createElement("small"), button);
    item.append(part);
    return item;
  }

  /** Empty the tray once everything in it is uploaded; what fails is left out and said. */
  async function taken() {
    await Promise.all(chosen.map((one) => one.uploading));
    const files = chosen.filter((one) => one.ref)
      .map(({ key, name, size: bytes, kind, ref }) => ({ key, name, size: bytes, kind, ref, state: "kept", url: "" }));
    chosen = [];
    draw();
    return files;
  }

  return { add, taken, count: () => chosen.length };
}

function kindOf(file) {
  return file.type.startsWith("image/") ? "image" : "document";
}
