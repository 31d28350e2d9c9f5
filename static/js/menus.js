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
  const across = Math.max(EDGE - box.left, 0) || Math.min(width - EDGE - box.right, 0);
  // A tall one has room neither below its button nor above it, but beside.
  const down = Math.max(Math.min(lowestPoint() - EDGE - box.bottom, 0), EDGE - box.top);
  if (across || down) panel.style.translate = `${across}px ${Math.min(down, 0)}px`;
}

// The bar of a small screen stands before what lies under it.
function lowestPoint() {
  const bar = document.querySelector(".rail > nav");
  const isBar = bar && getComputedStyle(bar).position === "fixed";
  return isBar ? bar.getBoundingClientRect().top : innerHeight;
}

function hasMoreRoomAbove(menu, panel) {
  const bottom = lowestPoint();
  const box = panel.getBoundingClientRect();
  const above = menu.getBoundingClientRect().top;
  return box.bottom > bottom && above > bottom - menu.getBoundingClientRect().bottom && above > box.height;
}

document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.menu")) keepInside(event.target);
}, true);
addEventListener("resize", () => document.querySelectorAll("details.menu[open]").forEach(keepInside));
