// The bell of every page. Where something else on the page is live, it comes through the same
// socket; elsewhere it is asked for now and then, while the page is looked at.

const EVERY_MS = 20_000;

const bell = document.querySelector("[data-bell-url]");

async function refresh() {
  // A page may become live, or cease to be, when it is swapped for another state of itself.
  if (document.hidden || document.querySelector("[data-live-url]")) return;
  try {
    const response = await fetch(bell.dataset.bellUrl, { headers: { Accept: "text/html" }, redirect: "manual" });
    if (response.ok) take(await response.text());
  } catch {
    // Without a connection it stays as it was.
  }
}

function take(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of template.content.children) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (old && !old.isEqualNode(fresh) && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
}

if (bell) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}
