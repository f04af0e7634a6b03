// The service counts Unicode code points, JavaScript counts UTF-16 units: 𠮷 and 😀 are one and two.

const SURROGATE = /[\ud800-\udfff]/;

/** Slices and converts positions of one text; free of cost for texts without rare characters. */
export class CodePoints {
  constructor(text) {
    this.text = text;
    this.units = SURROGATE.test(text) ? unitsOf(text) : null; // units[point] → UTF-16 index
    this.length = this.units ? this.units.length - 1 : text.length;
  }

  /** UTF-16 index of code point `point`, kept inside the text. */
  unit(point) {
    const inside = Math.min(Math.max(point, 0), this.length);
    return this.units ? this.units[inside] : inside;
  }

  /** Code point number of UTF-16 index `unit`: the inverse of `unit`. */
  point(unit) {
    if (!this.units) return Math.min(unit, this.length);
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.units[middle] < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

function unitsOf(text) {
  const units = [];
  for (let unit = 0; unit < text.length; unit += text.codePointAt(unit) > 0xffff ? 2 : 1) units.push(unit);
  units.push(text.length);
  return units;
}

/** `[start, end)` from `#c=12-34`, or null. */
export function spanOf(hash) {
  const found = /(?:^|[#&])c=(\d+)-(\d+)/.exec(hash ?? "");
  if (!found) return null;
  const [start, end] = [Number(found[1]), Number(found[2])];
  return end > start ? { start, end } : null;
}

/** Cut `text` at marks: `[{text, mark}]` in order, `mark` the last mark covering that piece or null. */
export function pieces(text, marks, offset = 0) {
  const cuts = new Set([0, text.length]);
  for (const mark of marks)
    for (const at of [mark.start - offset, mark.end - offset]) if (at > 0 && at < text.length) cuts.add(at);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).map((from, i) => {
    const covering = marks.filter((mark) => mark.start - offset <= from && mark.end - offset >= places[i + 1]);
    return { text: text.slice(from, places[i + 1]), mark: covering.at(-1) ?? null };
  });
}
