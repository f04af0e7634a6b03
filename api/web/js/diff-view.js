// Shows what changed between two texts.

import { rows } from "./diff.js";
import { h } from "./dom.js";
import { t } from "./language.js";

const TAGS = { same: "span", removed: "del", added: "ins" };
const piece = ({ op, text }) => h(TAGS[op], null, text);

export function diffView(before, after) {
  if (before === after) return h("p", { class: "facts" }, t("diff.same"));
  return h(
    "div",
    { class: "diff" },
    rows(before, after).map((row) => {
      if (row.op === "gap") return h("p", { class: "gap" }, t("diff.gap", { n: row.count }));
      return h("p", { class: row.op }, row.op === "changed" ? row.pieces.map(piece) : piece(row));
    }),
  );
}
