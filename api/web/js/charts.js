// Small charts drawn as SVG, each with its table for those who read rather than see.

import { h, svg } from "./dom.js";
import { t } from "./language.js";

const HIGH = 180;
const FOOT = 24;
const LEFT = 32;

/** Answers a day, drawn `wide` pixels wide: refusals stand on top of grounded answers. */
export function dayChart(days, wide) {
  const most = Math.max(1, ...days.map(({ answers }) => answers));
  const step = (wide - LEFT) / Math.max(days.length, 1);
  const thick = Math.min(36, step * 0.7);
  const y = (count) => (HIGH - FOOT) * (1 - count / most) + 6;
  const bar = (day, i) => {
    const x = LEFT + step * i + (step - thick) / 2;
    const grounded = day.answers - day.refused;
    return svg(
      "g",
      null,
      svg("title", null, t("chart.day", { day: day.day, answers: day.answers, refused: day.refused })),
      svg("rect", { class: "bar", x, y: y(grounded), width: thick, height: Math.max(0, y(0) - y(grounded)) }),
      svg("rect", {
        class: "bar refused",
        x,
        y: y(day.answers),
        width: thick,
        height: Math.max(0, y(grounded) - y(day.answers)),
      }),
    );
  };
  const every = Math.ceil((days.length * 56) / wide); // a label needs some 56 px
  const labels = days.map((day, i) =>
    i % every ? null : svg("text", { x: LEFT + step * (i + 0.5), y: HIGH, "text-anchor": "middle" }, day.day.slice(5)),
  );
  const lines = [...new Set([0, Math.round(most / 2), most])].map((count) =>
    svg(
      "g",
      { class: "grid" },
      svg("line", { x1: LEFT, x2: wide, y1: y(count), y2: y(count) }),
      svg("text", { x: LEFT - 6, y: y(count) + 4, "text-anchor": "end" }, count),
    ),
  );
  return h(
    "figure",
    { class: "chart" },
    h(
      "figcaption",
      null,
      t("chart.days"),
      h(
        "span",
        { class: "legend" },
        h("i", { class: "swatch" }),
        t("chart.grounded"),
        h("i", { class: "swatch refused" }),
        t("chart.refused"),
      ),
    ),
    svg(
      "svg",
      { viewBox: `0 0 ${wide} ${HIGH + 8}`, role: "img", "aria-label": t("chart.days") },
      lines,
      days.map(bar),
      labels,
    ),
    asTable(
      [t("chart.date"), t("chart.answers"), t("chart.refused")],
      days.map((day) => [day.day, day.answers, day.refused]),
    ),
  );
}

/** Bars side by side with their labels, longest first. */
export function rankChart(rows, label, onclick) {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", null, label),
    h(
      "ol",
      { class: "rank" },
      rows.map((row) =>
        h(
          "li",
          null,
          h("button", { type: "button", class: "link", onclick: () => onclick(row) }, row.title),
          svg(
            "svg",
            { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
            svg("rect", { class: "bar", width: (100 * row.count) / most, height: 6 }),
          ),
          h("span", { class: "count" }, row.count),
        ),
      ),
    ),
  );
}

function asTable(heads, rows) {
  return h(
    "details",
    { class: "as-table" },
    h("summary", null, t("chart.table")),
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          heads.map((head) => h("th", { scope: "col" }, head)),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) =>
          h(
            "tr",
            null,
            row.map((cell) => h("td", null, cell)),
          ),
        ),
      ),
    ),
  );
}
