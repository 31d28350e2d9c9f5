// Elements without HTML: nothing that comes from elsewhere is ever parsed as such, and pages that
// demand trusted types are at peace.

const SVG = "http://www.w3.org/2000/svg";

/** An element; `on…` are what it listens to, false, null and undefined are left out. */
export function h(name, attributes, ...children) {
  const el = document.createElement(name);
  for (const key in attributes) {
    const value = attributes[key];
    if (key.startsWith("on")) el[key] = value;
    else if (value !== false && value != null) el.setAttribute(key, value);
  }
  el.append(...children.flat().filter((one) => one || one === 0));
  return el;
}

export function svg(paths, size = 20) {
  const make = (name, attributes) => {
    const el = document.createElementNS(SVG, name);
    for (const key in attributes) el.setAttribute(key, attributes[key]);
    return el;
  };
  const el = make("svg", { viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor", "stroke-width": 1.75,
    "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": true });
  el.append(make("path", { d: paths }));
  return el;
}

/** Into a shadow root, in a way that the page's Content-Security-Policy lets through. */
export function addStyle(root, text, nonce) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Browsers that cannot make sheets themselves.
    const style = document.createElement("style");
    if (nonce) style.nonce = nonce;
    style.textContent = text;
    root.prepend(style);
  }
}
