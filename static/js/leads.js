// Leads: boxes of the list are counted, and cards of the board dragged from column to column. Both
// work without this: the boxes are a form's own, and each card has a menu.

const FAR_PX = 6;

let drag = null;

const boxes = () => [...document.querySelectorAll(".lead-box")];

function count() {
  const [every, all] = [boxes(), document.querySelector("[data-pick-all]")];
  const picked = every.filter((box) => box.checked).length;
  for (const box of every) box.closest("tr").classList.toggle("is-picked", box.checked);
  if (all) {
    all.checked = picked > 0 && picked === every.length;
    all.indeterminate = picked > 0 && picked < every.length;
  }
  const place = document.querySelector("[data-picked]");
  if (place) place.textContent = picked;
}

function columnAt(x, y) {
  return document.elementsFromPoint(x, y).map((one) => one.closest?.("[data-lead-column]")).find(Boolean);
}

function begin(event) {
  if (event.button || event.pointerType === "touch" || event.target.closest("a, button, summary, .menu-panel")) return;
  const card = event.target.closest("[data-lead-board] [data-lead-card]");
  if (card) drag = { card, x: event.clientX, y: event.clientY, isMoving: false };
}

function move(event) {
  if (!drag) return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.isMoving && Math.hypot(dx, dy) < FAR_PX) return;
  drag.isMoving = true;
  event.preventDefault();
  drag.card.classList.add("is-dragged");
  drag.card.style.translate = `${dx}px ${dy}px`;
  const over = columnAt(event.clientX, event.clientY);
  for (const column of document.querySelectorAll("[data-lead-column]")) column.classList.toggle("is-over", column === over);
}

function end(event) {
  if (!drag) return;
  const { card, isMoving } = drag;
  drag = null;
  for (const column of document.querySelectorAll(".is-over")) column.classList.remove("is-over");
  const over = isMoving && event.type === "pointerup" ? columnAt(event.clientX, event.clientY) : null;
  const status = over?.dataset.leadColumn;
  if (!status || status === card.dataset.leadStatus) {
    card.classList.remove("is-dragged");
    card.style.translate = "";
    return;
  }
  // The menu's own form does it; until the board comes back, the card lies where it was dropped.
  const form = card.querySelector(".lead-move");
  const input = form.querySelector("input[name=status]");
  [input.value, input.disabled] = [status, false];
  form.requestSubmit();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches(".lead-box, [data-pick-all]")) count();
});
document.addEventListener("reset", (event) => {
  if (event.target.id === "lead-selection") setTimeout(count);
});
document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move, { passive: false });
document.addEventListener("pointerup", end);
document.addEventListener("pointercancel", end);
document.addEventListener("htmx:after:swap", count);
addEventListener("pageshow", count);
count();
