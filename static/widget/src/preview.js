import words from "./words/en.js";

export function preview(element, agent) {
  const show = (one) => {
    element.textContent = `${one.name}: ${one.greeting || words.ask}`;
  };
  show(agent);
  return { update: show, destroy: () => element.replaceChildren() };
}
