// A menu opens where its button is; where it would leave the window, it is moved back into it.

const EDGE = 8;

function keepInside(menu) {
  const panel = menu.querySelector(".menu-panel");
  panel.style.translate = "";
  menu.classList.remove("is-upward");
  if (!menu.open) return;
  if (hasMoreRoomAbove(menu, panel)) menu.classList.add("is-upward");
  const box = panel.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const by = Math.max(EDGE - box.left, 0) || Math.min(width - EDGE - box.right, 0);
  if (by) panel.style.translate = `${by}px`;
}

// The bar of a small screen stands before what lies under it.
function hasMoreRoomAbove(menu, panel) {
  const bar = document.querySelector(".rail > nav");
  const isBar = bar && getComputedStyle(bar).position === "fixed";
  const bottom = isBar ? bar.getBoundingClientRect().top : innerHeight;
  const box = panel.getBoundingClientRect();
  const above = menu.getBoundingClientRect().top;
  return box.bottom > bottom && above > bottom - menu.getBoundingClientRect().bottom && above > box.height;
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.menu")) keepInside(event.target);
}, true);
addEventListener("resize", () => document.querySelectorAll("details.menu[open]").forEach(keepInside));
