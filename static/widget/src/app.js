import words from "./words/en.js";

export function start(host, agent) {
  host.attachShadow({ mode: "open" }).textContent = `${agent} ${words.open} ${__FILES__.words}`;
}
