// Codes chosen in their list. The boxes are a form's own, so that it works without this; here they
// are counted, and chosen all at once or, with Shift, as a row.

let last = null;

const boxes = () => [...document.querySelectorAll(".pick[name=code_id]")];
const allBox = () => document.querySelector("[data-pick-all]");

function count() {
  const [every, all] = [boxes(), allBox()];
  const picked = every.filter((box) => box.checked).length;
  for (const box of every) box.closest("tr").classList.toggle("is-picked", box.checked);
  if (all) {
    all.checked = picked > 0 && picked === every.length;
    all.indeterminate = picked > 0 && picked < every.length;
  }
  const place = document.querySelector("[data-picked]");
  if (place) place.textContent = picked;
}

function pickBetween(box) {
  const every = boxes();
  const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const between of every.slice(from, to + 1)) between.checked = box.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(".pick[name=code_id]")) return;
  if (event.shiftKey) pickBetween(box);
  last = box;
  count();
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches(".pick")) count();
});
document.addEventListener("reset", (event) => {
  if (event.target.id === "code-selection") setTimeout(count);
});
document.addEventListener("htmx:after:swap", count);
addEventListener("pageshow", count);
count();
