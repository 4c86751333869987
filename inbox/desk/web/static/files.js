// The files of an answer: pasted, dropped or chosen; each can be taken away.
const form = document.getElementById("composer");

function list() {
  const input = form.elements.file;
  const shown = document.getElementById("files");
  shown.replaceChildren(...[...input.files].map((file, at) => line(file, at, input)));
  shown.hidden = input.files.length === 0;
}

function line(file, at, input) {
  const shown = document.createElement("li");
  const name = document.createElement("bdi");
  name.textContent = `${file.name} `;
  const away = document.createElement("button");
  away.type = "button";
  away.innerHTML = '<svg class="icon icon-s" aria-hidden="true"><use href="#i-cross"/></svg>';
  away.setAttribute("aria-label", `Take ${file.name} away`);
  away.addEventListener("click", () => { set([...input.files].filter((_, other) => other !== at)); form.elements.text.focus(); });
  shown.append(name, away);
  return shown;
}

export function set(files) {
  const held = new DataTransfer();
  for (const file of files) held.items.add(file);
  form.elements.file.files = held.files;
  list();
}

export function any() {
  return form.elements.file.files.length > 0;
}

export function watch() {
  const take = (event, carried) => {
    if (!carried?.files.length) return;
    event.preventDefault();
    set([...form.elements.file.files, ...carried.files]);
  };
  form.elements.file.addEventListener("change", list);
  form.elements.text.addEventListener("paste", (event) => take(event, event.clipboardData));
  form.addEventListener("drop", (event) => take(event, event.dataTransfer));
  form.addEventListener("dragover", (event) => event.preventDefault());
}
