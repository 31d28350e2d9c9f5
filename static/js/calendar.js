// A calendar over the two fields of a span of days. It only fills the fields: the form works without.

const MONTH = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAY_MS = 86_400_000;

const iso = (time) => new Date(time).toISOString().slice(0, 10);
const read = (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN);
const startOfMonth = (time) => Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth(), 1);
const addMonths = (time, count) => Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth() + count, 1);
const weekdayOf = (time) => (new Date(time).getUTCDay() + 6) % 7;

const fieldsOf = (place) => ["from", "to"].map((name) => place.closest("form").elements[name]);

function stateOf(place) {
  const [from, to] = fieldsOf(place).map((field) => read(field.value));
  return { from, to, today: read(place.dataset.today) };
}

function draw(place, month, focused) {
  const state = stateOf(place);
  place.dataset.month = iso(month);
  place.replaceChildren(head(month, state), grid(month, state, focused));
  if (focused !== undefined) place.querySelector(`[data-day="${iso(focused)}"]`)?.focus();
}

function head(month, state) {
  const bar = document.createElement("div");
  bar.className = "calendar-head";
  const title = document.createElement("strong");
  title.textContent = MONTH.format(month);
  title.setAttribute("aria-live", "polite");
  bar.append(turner("Month before", "‹", addMonths(month, -1)), title, turner("Month after", "›", addMonths(month, 1)));
  bar.lastChild.disabled = addMonths(month, 1) > state.today;
  return bar;
}

function turner(label, sign, month) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-quiet";
  button.dataset.month = iso(month);
  button.setAttribute("aria-label", label);
  button.textContent = sign;
  return button;
}

function grid(month, state, focused) {
  const table = document.createElement("table");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", "Days");
  const names = table.createTHead().insertRow();
  for (const name of WEEKDAYS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.abbr = name;
    cell.textContent = name.slice(0, 2);
    names.append(cell);
  }
  const body = table.createTBody();
  const stop = focused ?? tabStop(month, state);
  // Always six rows, so that no month is taller than another.
  for (let row = 0, day = month - weekdayOf(month) * DAY_MS; row < 6; row += 1) {
    const line = body.insertRow();
    for (let column = 0; column < 7; column += 1, day += DAY_MS) line.insertCell().append(...dayOf(day, month, state, stop));
  }
  return table;
}

function tabStop(month, { from, today }) {
  if (startOfMonth(from) === month) return from;
  return startOfMonth(today) === month ? today : month;
}

function dayOf(day, month, state, stop) {
  if (startOfMonth(day) !== month) return [];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "calendar-day";
  button.dataset.day = iso(day);
  button.textContent = new Date(day).getUTCDate();
  button.setAttribute("aria-label", DAY.format(day));
  button.disabled = day > state.today;
  button.tabIndex = day === stop ? 0 : -1;
  const isEnd = day === state.from || day === state.to;
  button.classList.toggle("is-within", day >= state.from && day <= state.to);
  button.classList.toggle("is-end", isEnd);
  button.classList.toggle("is-today", day === state.today);
  button.setAttribute("aria-pressed", String(isEnd));
  return [button];
}

// The first choice begins a span, the second ends it; one before the first begins anew.
function choose(place, day) {
  const [from, to] = fieldsOf(place);
  const start = read(from.value);
  const isSecond = place.dataset.chosen === "first" && day >= start;
  if (isSecond) to.value = iso(day);
  else from.value = to.value = iso(day);
  place.dataset.chosen = isSecond ? "both" : "first";
  draw(place, startOfMonth(day), day);
}

function move(place, day, key) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -weekdayOf(day), End: 6 - weekdayOf(day) };
  let next = key in steps ? day + steps[key] * DAY_MS : NaN;
  if (key === "PageUp" || key === "PageDown") next = sameDay(day, key === "PageUp" ? -1 : 1);
  if (Number.isNaN(next)) return false;
  next = Math.min(next, stateOf(place).today);
  draw(place, startOfMonth(next), next);
  return true;
}

function sameDay(day, months) {
  const month = addMonths(day, months);
  const last = (addMonths(month, 1) - month) / DAY_MS;
  return month + (Math.min(new Date(day).getUTCDate(), last) - 1) * DAY_MS;
}

function begin(place) {
  const { from, to, today } = stateOf(place);
  delete place.dataset.chosen;
  draw(place, startOfMonth(Number.isNaN(to) ? (Number.isNaN(from) ? today : from) : Math.min(to, today)));
}

document.addEventListener("toggle", (event) => {
  const place = event.target.matches?.("details.range-menu[open]") && event.target.querySelector("[data-calendar]");
  if (place) begin(place);
}, true);
document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-calendar]");
  if (!place) return;
  // What was clicked is drawn anew: to who looks whether it was within the menu, it would be nowhere.
  event.stopImmediatePropagation();
  const turned = event.target.closest("[data-month].button");
  const day = event.target.closest("[data-day]");
  if (turned) {
    const label = turned.getAttribute("aria-label");
    draw(place, read(turned.dataset.month));
    place.querySelector(`[aria-label="${label}"]`).focus();
  } else if (day) choose(place, read(day.dataset.day));
});
document.addEventListener("keydown", (event) => {
  const day = event.target.closest?.(".calendar-day");
  if (day && !event.ctrlKey && !event.metaKey && !event.altKey && move(day.closest("[data-calendar]"), read(day.dataset.day), event.key)) event.preventDefault();
});
document.addEventListener("input", (event) => {
  const place = event.target.closest?.(".range-form")?.querySelector("[data-calendar]");
  if (place) begin(place);
});
// One that the server opened for what was refused in it.
for (const place of document.querySelectorAll("details.range-menu[open] [data-calendar]")) begin(place);
