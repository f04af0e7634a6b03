// What changed between two texts: whole lines first, then the characters of lines that pair up.

const MOST = 2000; // edits after which two texts count as simply different

/** Edit script from `a` to `b` (Myers, "An O(ND) Difference Algorithm", 1986): `[{op, items}]`, op same | removed | added. */
export function edits(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const steps = [
    ...a.slice(0, head).map((item) => ["same", item]),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map((item) => ["same", item]),
  ];
  const runs = [];
  for (const [op, item] of steps) {
    if (runs.at(-1)?.op === op) runs.at(-1).items.push(item);
    else runs.push({ op, items: [item] });
  }
  return runs;
}

function middle(a, b) {
  const trace = searched(a, b);
  if (!trace) return [...a.map((item) => ["removed", item]), ...b.map((item) => ["added", item])];
  const steps = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const reached = (k) => trace[d - 1][k + d - 1] ?? -1; // furthest x on diagonal k after d - 1 edits
    const k = x - y;
    const down = k === -d || (k !== d && reached(k - 1) < reached(k + 1));
    const fromX = down ? reached(k + 1) : reached(k - 1);
    const fromY = fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) {
      steps.push(["same", a[x - 1]]);
      x -= 1;
      y -= 1;
    }
    if (down) {
      steps.push(["added", b[y - 1]]);
      y -= 1;
    } else {
      steps.push(["removed", a[x - 1]]);
      x -= 1;
    }
  }
  while (x > 0) {
    steps.push(["same", a[x - 1]]);
    x -= 1;
  }
  return steps.reverse();
}

/** For each number of edits d, the furthest x of diagonals -d…d; null past MOST edits. */
function searched(a, b) {
  const trace = [];
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d += 1) {
    const row = new Int32Array(2 * d + 1).fill(-1);
    const before = trace[d - 1];
    for (let k = -d; k <= d; k += 2) {
      const reached = (diagonal) => before?.[diagonal + d - 1] ?? -1;
      let x =
        d === 0 ? 0 : k === -d || (k !== d && reached(k - 1) < reached(k + 1)) ? reached(k + 1) : reached(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      row[k + d] = x;
      if (x >= a.length && x - k >= b.length) return [...trace, row];
    }
    trace.push(row);
  }
  return null;
}

/** Pieces of one changed line: `[{op, text}]`. */
export function characters(before, after) {
  return edits([...before], [...after]).map(({ op, items }) => ({ op, text: items.join("") }));
}

/** Rows to show: `{op, text}`, `{op: "changed", pieces}` or `{op: "gap", count}` for long unchanged stretches. */
export function rows(before, after, around = 2) {
  const runs = edits(before.split("\n"), after.split("\n"));
  const out = [];
  for (let i = 0; i < runs.length; i += 1) {
    const [run, next] = [runs[i], runs[i + 1]];
    if (run.op === "same") out.push(...folded(run.items, i === 0 ? 0 : around, i === runs.length - 1 ? 0 : around));
    else if (next && next.op !== "same") {
      out.push(...paired(run, next));
      i += 1;
    } else out.push(...run.items.map((text) => ({ op: run.op, text })));
  }
  return out;
}

function folded(lines, first, last) {
  const kept = (text) => ({ op: "same", text });
  if (lines.length <= first + last + 1) return lines.map(kept);
  return [
    ...lines.slice(0, first).map(kept),
    { op: "gap", count: lines.length - first - last },
    ...lines.slice(lines.length - last).map(kept),
  ];
}

/** Lines removed and added at one place, paired in order where more than a third of a line agrees. */
function paired(one, other) {
  const [removed, added] = one.op === "removed" ? [one.items, other.items] : [other.items, one.items];
  const whole = (op) => (text) => ({ op, text });
  const out = [];
  let next = 0; // the first line of `added` not yet told
  for (const from of removed) {
    const likest = added
      .slice(next, next + 20)
      .map((to, i) => ({ at: next + i, pieces: characters(from, to), size: Math.max(from.length, to.length) }))
      .map((each) => ({ ...each, share: agreeing(each.pieces) / Math.max(each.size, 1) }))
      .reduce((best, each) => (each.share > best.share ? each : best), { share: 1 / 3 });
    if (!likest.pieces) {
      out.push(whole("removed")(from));
      continue;
    }
    out.push(...added.slice(next, likest.at).map(whole("added")), { op: "changed", pieces: likest.pieces });
    next = likest.at + 1;
  }
  return [...out, ...added.slice(next).map(whole("added"))];
}

function agreeing(parts) {
  return parts.filter(({ op }) => op === "same").reduce((sum, { text }) => sum + text.length, 0);
}
