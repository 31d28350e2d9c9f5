// A plain script, not a module, loaded in the head: the chosen theme must stand before the first paint.
(() => {
  const root = document.documentElement;
  const stored = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
  };
  const mark = () => {
    const current = root.dataset.theme ?? "system";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === current));
    }
  };

  root.classList.add("js");
  apply(stored());
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice], [data-theme-set]");
    if (!button) return;
    const choice = button.dataset.themeChoice ?? button.dataset.themeSet;
    apply(choice);
    try { localStorage.setItem("theme", choice); } catch { /* private mode: it holds for this page */ }
    mark();
  });
  // Another tab changed it.
  addEventListener("storage", (event) => {
    if (event.key === "theme") { apply(event.newValue); mark(); }
  });
})();
