// The command palette, the keys that work on every page, and the list of them. What it offers stands
// in the page already, for this person's rights; what people made is asked of the server.

const FIND_AFTER_MS = 120;
const SECOND_KEY_WITHIN_MS = 1500;

const palette = document.getElementById("palette");
const keyList = document.getElementById("keys");
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

if (palette) {
  const input = palette.querySelector("[role=combobox]");
  const list = palette.querySelector("[role=listbox]");
  const found = palette.querySelector("[data-found]");
  const here = palette.querySelector("[data-here]");
  let asked = new AbortController();
  let findTimer = 0;
  let going = 0;
  // Enter was pressed before the server had answered.
  let opensFirst = false;
  let waits = false;

  const shown = () => [...list.querySelectorAll("[role=option]")].filter((one) => one.offsetParent !== null);
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option, { scroll = true } = {}) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  function numberOptions() {
    list.querySelectorAll("[role=option]").forEach((one, number) => { one.id = `palette-option-${number}`; });
  }

  // Each word typed must begin a word of the entry, or stand within its label.
  function matches(option, words) {
    const label = [...option.querySelectorAll("[data-label], .palette-note")].map((one) => one.textContent).join(" ").toLowerCase();
    const all = `${label} ${(option.dataset.words ?? "").toLowerCase()}`.split(/[\s,]+/);
    return words.every((word) => label.includes(word) || all.some((one) => one.startsWith(word)));
  }

  function filter() {
    const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of list.querySelectorAll("[role=group]")) {
      const options = [...group.querySelectorAll("[role=option]")];
      options.forEach((one) => { one.hidden = !matches(one, words); });
      group.hidden = options.every((one) => one.hidden);
    }
    settle();
  }

  function settle() {
    numberOptions();
    const options = shown();
    palette.querySelector("[data-none]").hidden = waits || options.length > 0;
    const kept = chosen();
    choose(kept && options.includes(kept) && !list.dataset.typed ? kept : options[0], { scroll: !!list.dataset.typed });
    delete list.dataset.typed;
    if (opensFirst && chosen()) chosen().click();
  }

  async function find() {
    if (!palette.dataset.findUrl) return;
    asked.abort();
    asked = new AbortController();
    const query = input.value.trim();
    try {
      const answer = await fetch(`${palette.dataset.findUrl}?q=${encodeURIComponent(query)}`,
        { signal: asked.signal, redirect: "error" });
      found.innerHTML = answer.ok ? await answer.text() : "";
    } catch (error) {
      if (error.name === "AbortError") return;
      found.innerHTML = "";
    }
    waits = false;
    settle();
    opensFirst = false;
    const count = shown().length;
    palette.querySelector("[data-count-said]").textContent = count === 1 ? "1 result" : `${count} results`;
  }

  // What was chosen leads elsewhere, perhaps to the sign-out: nobody waits for an answer any more.
  function stopFinding() {
    clearTimeout(findTimer);
    asked.abort();
  }

  function onTyped() {
    list.dataset.typed = "true";
    waits = !!palette.dataset.findUrl;
    opensFirst = false;
    filter();
    list.scrollTop = 0;
    clearTimeout(findTimer);
    findTimer = setTimeout(find, FIND_AFTER_MS);
  }

  // What the page itself marks with data-act, such as copying the link of the code that it shows.
  function collectActsOfPage() {
    here.querySelectorAll("[role=option]").forEach((one) => one.remove());
    for (const control of document.querySelectorAll("main [data-act]")) {
      const option = list.querySelector("[data-show-keys]").cloneNode(true);
      delete option.dataset.showKeys;
      option.dataset.words = "";
      option.setAttribute("aria-selected", "false");
      option.querySelector("kbd").remove();
      option.querySelector("[data-label]").textContent = control.dataset.act;
      option.querySelector("use").setAttribute("href", control.querySelector("use").getAttribute("href"));
      option.addEventListener("click", () => control.click());
      here.append(option);
    }
  }

  function open() {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    collectActsOfPage();
    input.value = "";
    opensFirst = false;
    palette.showModal();
    choose(null);
    filter();
    list.scrollTop = 0;
    input.focus();
    find();
  }

  function onPaletteKey(event) {
    const options = shown();
    const at = options.indexOf(chosen());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, options.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (to !== undefined && options.length) choose(options[(to + options.length) % options.length]);
    else if (event.key === "Enter" && !event.isComposing) chosen() ? chosen().click() : (opensFirst = waits);
    else return;
    event.preventDefault();
  }

  function showKeys() {
    if (palette.open) palette.close();
    keyList.showModal();
  }

  const goTo = (keys) => {
    const option = [...palette.querySelectorAll("[data-keys]")].find((one) => one.dataset.keys === keys);
    option?.click();
    return !!option;
  };

  function searchOnPage() {
    const search = [...document.querySelectorAll("main input[type=search]")].find((one) => one.offsetParent);
    if (search) search.select();
    search ? search.focus() : open();
  }

  // True when the key meant something.
  function onSingleKey(key) {
    if (Date.now() - going < SECOND_KEY_WITHIN_MS) {
      going = 0;
      return goTo(`g ${key}`);
    }
    if (key === "?") return showKeys(), true;
    if (key === "/") return searchOnPage(), true;
    if (key === "g") return (going = Date.now()), true;
    return goTo(key);
  }

  document.addEventListener("keydown", (event) => {
    if (isPaletteShortcut(event)) {
      event.preventDefault();
      if (palette.open) palette.close();
      else if (!document.querySelector("dialog[open]")) open();
      return;
    }
    if (event.key === "Shift" || isTaken(event)) return;
    if (onSingleKey(letterOf(event))) event.preventDefault();
  });
  palette.addEventListener("keydown", onPaletteKey);
  palette.addEventListener("close", stopFinding);
  input.addEventListener("input", onTyped);
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option, { scroll: false });
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    stopFinding();
    if ("showKeys" in option.dataset) showKeys();
    else if (palette.open && !event.ctrlKey && !event.metaKey) palette.close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) open();
    const dialog = event.target.closest("#palette, #keys");
    // A click on the dialog itself is one beside what stands in it.
    if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) dialog.close();
  });
  if (isMac) {
    for (const key of document.querySelectorAll("[data-palette-key]")) key.textContent = "⌘ K";
  }
}

function letterOf(event) {
  // A keyboard of another script still has the key in its place.
  const isPlain = event.key.length === 1 && event.key.charCodeAt(0) < 128;
  return isPlain || !event.code.startsWith("Key") ? event.key : event.code.slice(3).toLowerCase();
}

function isPaletteShortcut(event) {
  const withOne = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  return withOne && letterOf(event).toLowerCase() === "k";
}

// Keys mean something else in a field, a menu or a dialog, and together with others.
function isTaken(event) {
  return event.defaultPrevented || event.isComposing || event.repeat
    || event.ctrlKey || event.metaKey || event.altKey
    || document.querySelector("dialog[open]") !== null
    || event.target.closest?.("textarea, select, [contenteditable], [role=textbox], details.menu[open]") != null
    || event.target.matches?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}
