// Answers are text with a little Markdown. What is not known here stays text; no HTML is made of it,
// no picture is fetched, and a link leads to the web or a mail address or nowhere.

import { h } from "./given.js";

const INLINE = /(`+)([^\n]+?)\1|\*\*([^\n]+?)\*\*|\*([^*\s][^*\n]*)\*|(!?)\[([^\]\n]*)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)[^)\n]*\)|\[(\d{1,3})\]|(https?:\/\/[^\s<>()[\]]+[^\s<>()[\].,;:!?'"])/g;
const ITEM = /^(\s*)([-*+•]|\d{1,4}[.)])\s+/;

/** Blocks of lines: code between fences as one, else what stands between empty lines. */
export function blocksOf(text) {
  const blocks = [];
  let lines = [], isCode = false;
  const end = () => { if (lines.length) blocks.push(lines.join("\n")); lines = []; };
  for (const line of text.split("\n")) {
    const isFence = /^\s*```/.test(line);
    if (isFence && !isCode) end();
    if (isCode || isFence || line.trim()) lines.push(line);
    else end();
    if (isFence) {
      if (isCode) end();
      isCode = !isCode;
    }
  }
  end();
  return blocks;
}

/**
 * Draws text into `el`; blocks that are as they were stay, so that a long answer does not cost more
 * with each word.
 * @param {(n: number) => Node | null} cite makes the mark of a source.
 */
export function render(el, text, cite) {
  const blocks = blocksOf(text), drawn = el.blocks ?? [];
  let same = 0;
  while (same < blocks.length && blocks[same] === drawn[same]) same += 1;
  while (el.children.length > same) el.lastChild.remove();
  for (const block of blocks.slice(same)) el.append(drawBlock(block, cite));
  el.blocks = blocks;
}

function drawBlock(block, cite) {
  if (/^\s*```/.test(block)) {
    const code = block.replace(/^\s*```[^\n]*\n?/, "").replace(/\n?\s*```\s*$/, "");
    return h("pre", { tabindex: 0 }, h("code", { dir: "ltr" }, code));
  }
  const lines = block.split("\n");
  if (lines.some((line) => ITEM.test(line))) return drawList(lines, cite);
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(lines[0]);
  if (heading) {
    const rest = lines.slice(1).join("\n");
    return h("div", null, h("p", { class: "heading" }, ...inline(heading[1], cite)), rest && drawBlock(rest, cite));
  }
  if (lines.every((line) => line.startsWith(">"))) {
    return h("blockquote", { dir: "auto" }, ...linesOf(lines.map((line) => line.replace(/^>\s?/, "")), cite));
  }
  return h("p", { dir: "auto" }, ...linesOf(lines, cite));
}

function drawList(lines, cite) {
  const part = h("div", null);
  let list = null;
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item) {
      const name = /\d/.test(item[2]) ? "ol" : "ul";
      if (list?.localName !== name) part.append(list = h(name, name === "ol" ? { start: parseInt(item[2], 10) } : null));
      list.append(h("li", { dir: "auto" }, ...inline(line.slice(item[0].length), cite)));
    } else if (list?.lastChild) list.lastChild.append(" ", ...inline(line.trim(), cite));
    else part.append(h("p", { dir: "auto" }, ...inline(line, cite)));
  }
  return part;
}

const linesOf = (lines, cite) => lines.flatMap((line, at) => (at ? [h("br"), ...inline(line, cite)] : inline(line, cite)));

function inline(text, cite) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, , code, strong, em, picture, words, target, n, bare] = found;
    nodes.push(text.slice(at, found.index));
    at = found.index + whole.length;
    if (code) nodes.push(h("code", { dir: "ltr" }, code.trim()));
    else if (strong) nodes.push(h("strong", null, ...inline(strong, cite)));
    else if (em) nodes.push(h("em", null, ...inline(em, cite)));
    else if (n) {
      const mark = cite?.(Number(n));
      if (mark) nodes.push(mark);
      // The space before a mark that goes goes with it.
      else nodes.push(nodes.pop().trimEnd());
    } else if (target) nodes.push(picture ? words : link(target, words || target));
    else nodes.push(link(bare, bare));
  }
  nodes.push(text.slice(at));
  return nodes.filter(Boolean);
}

/** The address if a link may lead there, else null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return ["https:", "http:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(address, words) {
  const url = safeUrl(address);
  return url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, words) : words;
}

/** The sentences of `text` as they are read out; the last only of what is whole, as it may go on. */
export function sentencesOf(text, language, isWhole) {
  const plain = text.replace(/```.*|\s*\[\d{1,3}\]|[*`#>]+|\]\([^)\n]*\)|\[/g, "");
  const found = Intl.Segmenter ? [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(plain)].map((one) => one.segment.trim()) : [plain];
  return (isWhole ? found : found.slice(0, -1)).filter(Boolean);
}
