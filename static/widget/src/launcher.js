// The button in the corner.

import { h, svg } from "./dom.js";

export const ICONS = {
  message: "M4.5 20l1.4-4.2A8 8 0 1 1 9 18.9z",
  question: "M9.1 9a3 3 0 0 1 5.8 1c0 2-2.9 2.6-2.9 4.5M12 18v.1",
  spark: "M12 3.5l2.2 6.3 6.3 2.2-6.3 2.2-2.2 6.3-2.2-6.3-6.3-2.2 6.3-2.2z",
};

/** The agent's side and colours, as the server has reckoned them, for all that is drawn within `el`. */
export function dress(el, { theme, position, tones }) {
  for (const name in tones) el.style.setProperty(`--${name}`, tones[name]);
  el.className = `pb ${theme} ${position}`;
}

export function drawLauncher(agent, label, open) {
  const said = agent.launcher_label;
  return h("button", { class: said ? "launch wide" : "launch", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false",
    "aria-label": said ? null : label, onclick: open },
  svg(ICONS[agent.launcher_icon] ?? ICONS.message, 26), said && h("span", null, said));
}

export const LAUNCHER_CSS = `.pb{all:initial;font:15px/1.5 system-ui,sans-serif}
.corner{position:fixed;bottom:calc(20px + env(safe-area-inset-bottom,0px));right:20px;max-width:calc(100vw - 40px)}
.left .corner{right:auto;left:20px}
[hidden]{display:none!important}
.launch{all:unset;box-sizing:border-box;cursor:pointer;position:relative;display:flex;gap:10px;align-items:center;justify-content:center;min-width:56px;height:56px;max-width:100%;border-radius:28px;border:1px solid color-mix(in srgb,var(--accent),var(--on-accent) 45%);background:var(--accent);color:var(--on-accent);box-shadow:0 4px 16px #0003}
.launch:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #000}
.wide{padding:0 20px 0 16px;font-weight:600}
.wide span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
@media print{.pb{display:none}}`;
