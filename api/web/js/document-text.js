// <document-text>: a revision's text line by line, with marks on exact spans. Text nodes only.

import { CodePoints, pieces } from "./codepoints.js";
import { fill, h } from "./dom.js";
import { t } from "./language.js";

export class DocumentText extends HTMLElement {
  /** `source` is what `/api/documents/{id}/text` gives. */
  show(source) {
    this.points = new CodePoints(source.text);
    this.marks = [];
    this.lines = linesOf(source.text);
    const headings = headingsOf(source.outline ?? [], this.points);
    const pages = new Map((source.pages ?? []).map(([start], i) => [this.points.unit(start), i + 1]));
    const pageStarts = [...pages.keys()].sort((a, b) => a - b);
    const nodes = [];
    for (const line of this.lines) {
      while (pageStarts.length && pageStarts[0] < line.end) nodes.push(pageBreak(pages.get(pageStarts.shift())));
      if (!line.text.trim()) continue;
      const level = headings.get(line.start + (line.text.length - line.text.trimStart().length));
      line.node = h(
        "p",
        {
          class: level && level.label.startsWith(line.text.trim()) ? `heading level-${Math.min(level.depth, 4)}` : null,
        },
        line.text,
      );
      nodes.push(line.node);
    }
    fill(this, nodes);
  }

  /** Mark spans in code points: `[{start, end, kind, n?}]`; earlier marks go. */
  mark(spans) {
    const touched = new Set(this.#touching(this.marks));
    this.marks = spans.map((span) => ({
      ...span,
      start: this.points.unit(span.start),
      end: this.points.unit(span.end),
    }));
    for (const line of this.#touching(this.marks)) touched.add(line);
    for (const line of touched) this.#paint(line);
  }

  /** The first line holding code point `start`, brought to the middle of the view, or of `box` alone. */
  reveal(start, box = null) {
    const line = this.lineAt(start);
    const target = line?.querySelector("mark") ?? line;
    if (!target) return null;
    if (box) {
      const away = target.getBoundingClientRect().top - box.getBoundingClientRect().top;
      box.scrollTop += away - box.clientHeight / 3; // nothing behind the box moves
    } else target.scrollIntoView({ block: "center", behavior: "instant" });
    return target;
  }

  /** The first shown line that reaches past code point `start`. */
  lineAt(start) {
    let i = this.#firstPast(this.points.unit(start));
    while (i < this.lines.length && !this.lines[i].node) i += 1;
    return this.lines[i]?.node ?? null;
  }

  #firstPast(unit) {
    let [low, high] = [0, this.lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle].end > unit) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #touching(marks) {
    const touched = [];
    for (const mark of marks) {
      for (let i = this.#firstPast(mark.start); i < this.lines.length && this.lines[i].start < mark.end; i += 1)
        if (this.lines[i].node) touched.push(this.lines[i]);
    }
    return touched;
  }

  #paint(line) {
    const marks = this.marks.filter((mark) => mark.start < line.end && mark.end > line.start);
    fill(
      line.node,
      pieces(line.text, marks, line.start).map(({ text, mark }) =>
        mark ? h("mark", { class: mark.kind ?? "cited", "data-n": mark.n }, text) : text,
      ),
    );
  }
}

function linesOf(text) {
  const lines = [];
  let start = 0;
  for (const line of text.split("\n")) {
    lines.push({ text: line, start, end: start + line.length, node: null });
    start += line.length + 1;
  }
  return lines;
}

/** UTF-16 start → the outline node that begins there and has a label of its own. */
function headingsOf(outline, points) {
  const headings = new Map();
  for (const node of outline) {
    if (!node.path?.length || !node.label) continue;
    const text = points.slice(node.start, Math.min(node.end, node.start + 80));
    const at = points.unit(node.start) + (text.length - text.trimStart().length);
    if (!headings.has(at)) headings.set(at, { depth: node.path.length, label: node.label.trim() });
  }
  return headings;
}

function pageBreak(n) {
  return h("div", { class: "page-break", role: "separator" }, t("page.n", { n }));
}

customElements.define("document-text", DocumentText);
