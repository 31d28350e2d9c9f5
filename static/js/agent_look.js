// Beside an agent's form stands the widget itself, as visitors will see it. The server makes of what
// is typed what the widget gets, so that both never differ; until the widget has come, and where it
// cannot run, the page keeps its drawing.

const WAIT_MS = 150;

const form = document.getElementById("agent-form");
const stage = document.querySelector("[data-look-stage]");
const bar = document.querySelector("[data-look-bar]");
const chosen = { theme: "", screen: "" };
let widget, shown, look, wait, asked;

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const answer = await fetch(stage.dataset.lookUrl, { method: "POST", body: new FormData(form), signal: asked.signal });
  if (!answer.ok) throw new Error(`the look cannot be asked: ${answer.status}`);
  return answer.json();
}

// As it would be on a page in that theme.
const dressed = () => ({ ...look.agent, theme: chosen.theme || look.agent.theme });

async function draw() {
  stage.dataset.theme = dressed().theme;
  stage.dataset.screen = chosen.screen || "desktop";
  if (widget && shown === look.language) return widget.update(dressed());
  const { preview } = await import(stage.dataset.lookFile);
  const words = (await import(look.words)).default;
  widget?.destroy();
  stage.hidden = false;
  widget = preview(stage, dressed(), words);
  shown = look.language;
  bar.hidden = document.querySelector("[data-look-note]").hidden = false;
  document.querySelector("[data-look-drawn]")?.remove();
}

function drawInstead() {
  stage.hidden = true;
  document.querySelector("[data-look-drawn]").dispatchEvent(new Event("draw"));
}

async function follow() {
  try {
    look = await ask();
    await draw();
  } catch (error) {
    if (error.name === "AbortError") return;
    console.debug("The widget cannot be shown here:", error.message);
    if (!widget) drawInstead();
  }
}

form.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(follow, WAIT_MS);
});

bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const kind = "lookTheme" in button.dataset ? "theme" : "screen";
  chosen[kind] = button.dataset.lookTheme ?? button.dataset.lookScreen;
  for (const one of button.parentElement.children) one.setAttribute("aria-pressed", String(one === button));
  draw();
});

follow();
