// Frames that show all of what is in them: as high as it is, and no scroll bar within the page.

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  frame.style.height = "0";
  frame.style.height = `${page.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
}

for (const frame of document.querySelectorAll("iframe[data-whole]")) {
  frame.addEventListener("load", () => fit(frame));
  new ResizeObserver(([entry]) => {
    if (frame.dataset.width === String(entry.contentRect.width)) return;
    frame.dataset.width = entry.contentRect.width;
    fit(frame);
  }).observe(frame);
  fit(frame);
}
