// The chart's cross-hair and tooltip, by pointer, touch and arrow keys, and looking closer: a part that
// is dragged over, or chosen with Shift and the arrow keys, is shown alone. Numbers come from the table
// beside the chart; a live update replaces both, so nothing is kept but the indexes.

// `from` is where a part begins that is being chosen.
const active = { index: null, from: null };

const plot = () => document.getElementById("chart-plot");
const rows = () => [...document.querySelectorAll("#chart-table tbody tr")];

function show(index) {
  const place = plot();
  const all = rows();
  if (!place || !all.length) return;
  active.index = Math.max(0, Math.min(index, all.length - 1));
  const [label, ...cells] = all[active.index].cells;
  const x = xOf(active.index, all.length);
  drawCursor(place, x, cells[0].dataset.value, cells[1]?.dataset.value);
  drawPart(place, all.length);
  fillTip(place.querySelector(".chart-tip"), label, linesOf(cells));
  placeTip(place, x);
}

const xOf = (index, count) => (count === 1 ? 50 : (100 * index) / (count - 1));

// What stands in the table, each under the name of its column; the first column once.
function linesOf(cells) {
  const names = [...document.querySelectorAll("#chart-table thead th")].slice(1).map((one) => one.textContent);
  const lines = cells.map((cell, at) => [names[at], cell]).filter(([, cell]) => cell.textContent);
  return lines.filter(([name], at) => lines.findIndex((line) => line[0] === name) === at);
}

function drawPart(place, count) {
  const part = place.querySelector(".chart-part");
  const ends = active.from === null ? [0, 0] : [active.from, active.index].sort((a, b) => a - b);
  part.setAttribute("x", `${xOf(ends[0], count)}%`);
  part.setAttribute("width", `${xOf(ends[1], count) - xOf(ends[0], count)}%`);
}

function drawCursor(place, x, people, before) {
  const cursor = place.querySelector(".chart-cursor");
  const y = (value) => `${100 - (100 * value) / Number(place.dataset.top)}%`;
  const set = (selector, attributes) => {
    for (const [name, value] of Object.entries(attributes)) cursor.querySelector(selector).setAttribute(name, value);
  };
  set("line", { x1: `${x}%`, x2: `${x}%` });
  set(".is-people", { cx: `${x}%`, cy: y(Number(people)) });
  set(".is-before", { cx: `${x}%`, cy: y(Number(before ?? 0)), visibility: before === undefined ? "hidden" : "inherit" });
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
  active.index = active.from = null;
  plot()?.querySelector(".chart-cursor").classList.remove("is-on");
  const tip = plot()?.querySelector(".chart-tip");
  if (tip) tip.hidden = true;
}

function onPointer(event) {
  const place = event.target.closest?.("#chart-plot");
  if (!place) {
    if (active.from === null && active.index !== null && document.activeElement !== plot()) hide();
    return;
  }
  show(indexAt(place, event.clientX));
}

function indexAt(place, x) {
  const box = place.getBoundingClientRect();
  return Math.round(((x - box.left) / box.width) * (rows().length - 1));
}

// Looking closer. A finger scrolls the page, and drags nothing.

function onPress(event) {
  const place = event.target.closest?.("#chart-plot");
  if (!place || event.pointerType === "touch" || event.button !== 0 || !place.dataset.zoom) return;
  active.from = indexAt(place, event.clientX);
  place.setPointerCapture(event.pointerId);
}

function onRelease() {
  if (active.from !== null && active.index !== null && active.from !== active.index) return zoom();
  active.from = null;
}

function zoom() {
  const all = rows();
  const [first, last] = [active.from, active.index].sort((a, b) => a - b);
  const url = plot().dataset.zoom.replace("{from}", encodeURIComponent(all[first].dataset.from)).replace("{to}", encodeURIComponent(all[last].dataset.to));
  hide();
  location.assign(url);
}

function onKey(event) {
  if (event.target.id !== "chart-plot") return;
  const last = rows().length - 1;
  const targets = { ArrowLeft: (active.index ?? last + 1) - 1, ArrowRight: (active.index ?? -1) + 1, Home: 0, End: last };
  if (event.key === "Escape") return hide();
  if (event.key === "Enter" && active.from !== null && active.from !== active.index) return zoom();
  if (!(event.key in targets)) return;
  event.preventDefault();
  if (!event.shiftKey) active.from = null;
  else active.from ??= active.index ?? (event.key === "ArrowLeft" ? last : 0);
  show(targets[event.key]);
}

document.addEventListener("pointermove", onPointer);
document.addEventListener("pointerdown", onPress);
document.addEventListener("pointerdown", onPointer);
document.addEventListener("pointerup", onRelease);
document.addEventListener("keydown", onKey);
// Later, because a live update takes the focus away and gives it back within one task.
document.addEventListener("focusout", (event) => {
  if (event.target.id === "chart-plot") setTimeout(() => { if (document.activeElement !== plot()) hide(); });
});
document.addEventListener("pitchbar:swapped", () => { if (active.index !== null) show(active.index); });
