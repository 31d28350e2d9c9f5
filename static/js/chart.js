// The chart's cross-hair and tooltip, by pointer, touch and arrow keys. Numbers come from
// the table beside the chart; a live update replaces both, so nothing is kept but the index.

const active = { index: null };

const plot = () => document.getElementById("chart-plot");
const rows = () => [...document.querySelectorAll("#chart-table tbody tr")];

function show(index) {
  const place = plot();
  const all = rows();
  if (!place || !all.length) return;
  active.index = Math.max(0, Math.min(index, all.length - 1));
  const [label, people, before, unique, hits] = all[active.index].cells;
  const x = all.length === 1 ? 50 : (100 * active.index) / (all.length - 1);
  drawCursor(place, x, Number(people.dataset.value), Number(before.dataset.value));
  const lines = [["People", people], ["Span before", before], ["Unique people", unique], ["All hits", hits]];
  fillTip(place.querySelector(".chart-tip"), label, lines);
  placeTip(place, x);
}

function drawCursor(place, x, people, before) {
  const cursor = place.querySelector(".chart-cursor");
  const y = (value) => `${100 - (100 * value) / Number(place.dataset.top)}%`;
  const set = (selector, attributes) => {
    for (const [name, value] of Object.entries(attributes)) cursor.querySelector(selector).setAttribute(name, value);
  };
  set("line", { x1: `${x}%`, x2: `${x}%` });
  set(".is-people", { cx: `${x}%`, cy: y(people) });
  set(".is-before", { cx: `${x}%`, cy: y(before) });
  cursor.classList.add("is-on");
}

function fillTip(tip, label, lines) {
  const title = document.createElement("strong");
  title.textContent = label.firstChild.textContent;
  const notes = [...label.querySelectorAll(".chart-note")].map((note) => note.cloneNode(true));
  tip.replaceChildren(title, ...lines.map(([name, cell]) => {
    const line = document.createElement("div");
    const value = document.createElement("b");
    value.textContent = cell.textContent;
    line.append(`${name} `, value);
    return line;
  }), ...notes);
  tip.hidden = false;
}

// Beside the cross-hair, on the side with room.
function placeTip(place, x) {
  const tip = place.querySelector(".chart-tip");
  const at = (place.clientWidth * x) / 100;
  const right = at + 12 + tip.offsetWidth <= place.clientWidth;
  const left = right ? at + 12 : Math.max(0, at - 12 - tip.offsetWidth);
  tip.style.transform = `translate(${Math.round(left)}px, 4px)`;
}

function hide() {
  active.index = null;
  plot()?.querySelector(".chart-cursor").classList.remove("is-on");
  const tip = plot()?.querySelector(".chart-tip");
  if (tip) tip.hidden = true;
}

function onPointer(event) {
  const place = event.target.closest?.("#chart-plot");
  if (!place) {
    if (active.index !== null && document.activeElement !== plot()) hide();
    return;
  }
  const box = place.getBoundingClientRect();
  show(Math.round(((event.clientX - box.left) / box.width) * (rows().length - 1)));
}

function onKey(event) {
  if (event.target.id !== "chart-plot") return;
  const last = rows().length - 1;
  const targets = { ArrowLeft: (active.index ?? last + 1) - 1, ArrowRight: (active.index ?? -1) + 1, Home: 0, End: last };
  if (event.key === "Escape") return hide();
  if (!(event.key in targets)) return;
  event.preventDefault();
  show(targets[event.key]);
}

document.addEventListener("pointermove", onPointer);
document.addEventListener("pointerdown", onPointer);
document.addEventListener("keydown", onKey);
// Later, because a live update takes the focus away and gives it back within one task.
document.addEventListener("focusout", (event) => {
  if (event.target.id === "chart-plot") setTimeout(() => { if (document.activeElement !== plot()) hide(); });
});
document.addEventListener("pitchbar:swapped", () => { if (active.index !== null) show(active.index); });
