// Boards: Alt leaves a row out, arrow keys go through tabs and through the countries of the map.
// Links swap the board by htmx; listeners stand on the document, so they outlive every swap.

// Rows

document.addEventListener("click", (event) => {
  const link = event.altKey && event.target.closest?.("[data-exclude]");
  if (!link) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  show(link.dataset.exclude);
}, true);

// htmx leaves the links of an SVG to the browser, which would load the whole page anew.
document.addEventListener("click", (event) => {
  const place = event.target.closest?.(".world-place");
  if (!place || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(place.getAttribute("href"));
});

// As a press of a link to it, so that the board changes as it does by any of its links.
function show(url) {
  const stand = document.createElement("a");
  stand.href = url;
  stand.setAttribute("hx-boost", "true");
  stand.hidden = true;
  document.getElementById("board").append(stand);
  globalThis.htmx?.process(stand);
  stand.click();
}

// Enter with Alt is a click with Alt in some browsers only.
document.addEventListener("keydown", (event) => {
  const link = event.key === "Enter" && event.altKey && event.target.closest?.("[data-exclude]");
  if (!link) return;
  event.preventDefault();
  show(link.dataset.exclude);
});

// Tabs

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.(".tab");
  if (!tab || event.altKey || event.ctrlKey || event.metaKey) return;
  const tabs = [...tab.parentElement.querySelectorAll(".tab")];
  const at = tabs.indexOf(tab);
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  tabs[(next + tabs.length) % tabs.length].focus();
});

// Map

const world = () => document.getElementById("world");
const places = () => [...(world()?.querySelectorAll(".world-place") ?? [])];

function tell(place) {
  const tip = world().querySelector(".world-tip");
  const name = document.createElement("b");
  name.textContent = place.dataset.name;
  tip.replaceChildren(name, ` ${place.dataset.count} · ${place.dataset.share}`);
  tip.hidden = false;
  const room = world().getBoundingClientRect();
  const box = place.getBoundingClientRect();
  const middle = box.left + box.width / 2 - room.left;
  const left = Math.max(0, Math.min(middle - tip.offsetWidth / 2, room.width - tip.offsetWidth));
  const above = box.top - room.top - tip.offsetHeight - 6;
  const top = above >= 0 ? above : Math.min(box.bottom - room.top + 6, room.height - tip.offsetHeight);
  tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

function stopTelling() {
  const tip = world()?.querySelector(".world-tip");
  if (tip) tip.hidden = true;
}

document.addEventListener("pointerover", (event) => {
  const place = event.target.closest?.(".world-place");
  if (place) tell(place);
  else if (!document.activeElement?.closest?.(".world-place")) stopTelling();
});
document.addEventListener("focusin", (event) => {
  const place = event.target.closest?.(".world-place");
  if (place) tell(place);
  else stopTelling();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#world")) return;
  const all = places();
  const at = all.indexOf(event.target.closest(".world-place"));
  const steps = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  if (event.key === "Escape") { world().focus(); return stopTelling(); }
  if (!(event.key in steps) || !all.length) return;
  event.preventDefault();
  all[(steps[event.key] + all.length) % all.length].focus();
});

// The form of two codes is sent as soon as both are chosen.

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-compare]");
  if (form && [...form.querySelectorAll("select")].every((one) => one.value)) form.requestSubmit();
});
