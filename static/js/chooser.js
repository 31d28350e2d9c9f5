// A long list becomes one that is searched by typing: <select data-searchable="What to type">. The
// list itself stays in the form and is sent; without scripts, it is the list.

const MOST_SHOWN = 60;
let made = 0;

function enhance(select) {
  select.dataset.enhanced = "true";
  const id = `chooser-${++made}`;
  const box = document.createElement("div");
  box.className = "chooser";
  box.innerHTML = `<input class="input chooser-input" id="${id}" type="text" role="combobox" aria-expanded="false"
      aria-autocomplete="list" aria-controls="${id}-list" autocomplete="off" spellcheck="false" autocapitalize="off">
    <ul class="chooser-list" id="${id}-list" role="listbox" aria-label="Matches" hidden></ul>`;
  select.after(box);
  const [input, list] = box.children;
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  if (label) label.htmlFor = id;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.placeholder = select.dataset.searchable;
  select.hidden = true;
  const options = [...select.options].map((option) => ({
    option,
    name: nameOf(option),
    words: fold(`${nameOf(option)} ${option.value} ${option.parentElement.label ?? ""} ${option.dataset.words ?? ""} ${option.dataset.retired ?? ""}`),
  }));
  let shown = [];
  let at = -1;

  const isOpen = () => !list.hidden;
  const rest = () => { input.value = nameOf(select.selectedOptions[0]); };

  function show(words) {
    const parts = fold(words).split(" ").filter(Boolean);
    const isFit = (one) => parts.every((part) => one.words.includes(` ${part}`));
    shown = options.filter(isFit).slice(0, MOST_SHOWN);
    list.replaceChildren(...shown.map(draw));
    if (!shown.length) list.append(emptyRow());
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    move(Math.max(0, words ? 0 : shown.findIndex((one) => one.option.selected)));
  }

  function draw(one, index) {
    const row = document.createElement("li");
    row.id = `${id}-${index}`;
    row.className = "chooser-option";
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.textContent = one.name;
    const note = document.createElement("span");
    note.className = "chooser-note";
    note.textContent = one.option.parentElement.label ?? "";
    row.append(note);
    row.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(index); });
    return row;
  }

  function move(to) {
    list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    at = shown.length ? (to + shown.length) % shown.length : -1;
    const row = at < 0 ? null : list.children[at];
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function pick(index) {
    shown[index].option.selected = true;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    rest();
    close();
  }

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => { if (!isOpen()) show(""); });
  input.addEventListener("input", () => show(input.value));
  input.addEventListener("blur", () => { close(); rest(); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step && !isOpen()) show("");
    else if (step) move(Math.abs(step) === 1 ? at + step : Math.min(Math.max(at + step, 0), shown.length - 1));
    else if (event.key === "Enter" && isOpen() && at >= 0) pick(at);
    else if (event.key === "Escape" && isOpen()) { close(); rest(); input.select(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  rest();
  input.defaultValue = input.value;
}

const nameOf = (option) => option?.textContent.trim() ?? "";

// "São Paulo (UTC-03:00)" as " sao paulo utc-03:00": found with and without accents and signs.
const fold = (text) => ` ${text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}+:.-]+/gu, " ").trim()}`;

function emptyRow() {
  const row = document.createElement("li");
  row.className = "chooser-none";
  row.textContent = "Nothing has that name. Try the next big city.";
  return row;
}

function enhanceAll() {
  document.querySelectorAll("select[data-searchable]:not([data-enhanced])").forEach(enhance);
}

// A new workspace starts in the zone of the browser, which may know it by a name of before

function guessTimeZone() {
  const select = document.querySelector("select[data-guess-time-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isZone = (option) => option.value === zone || option.dataset.retired?.split(" ").includes(zone);
  const found = select && [...select.options].find(isZone);
  if (found) found.selected = true;
}

document.addEventListener("htmx:after:swap", enhanceAll);
guessTimeZone();
enhanceAll();
