// Search results: passages with what matched marked, best first.

import { CodePoints, pieces } from "./codepoints.js";
import { h, icon } from "./dom.js";
import { t, word } from "./language.js";
import { factsOf, placeOf, readerUrl, statusBadge } from "./reference.js";

/** The passage's text with its highlights, which count code points of that text. */
function snippet(hit) {
  const points = new CodePoints(hit.text);
  const marks = (hit.highlights ?? []).map(([start, end]) => ({ start: points.unit(start), end: points.unit(end) }));
  return h(
    "p",
    { class: "snippet" },
    pieces(hit.text, marks).map(({ text, mark }) => (mark ? h("mark", { class: "found" }, text) : text)),
  );
}

function ranks(hit) {
  return Object.entries(hit.ranks ?? {})
    .filter(([, rank]) => rank !== null)
    .map(([name, rank]) => `${word("ranker", name)} ${rank}`)
    .join(" · ");
}

export function hitList(hits, open) {
  return h(
    "ol",
    { class: "hits" },
    hits.map((hit) =>
      h(
        "li",
        { class: "hit" },
        h(
          "div",
          { class: "row" },
          h(
            "h3",
            null,
            h(
              "button",
              { type: "button", class: "title-button", onclick: (event) => open(hit, event.currentTarget) },
              hit.title,
            ),
          ),
          statusBadge(hit),
          h("span", { class: "badge plain" }, word("kind", hit.kind)),
        ),
        h("p", { class: "facts" }, [factsOf(hit), placeOf(hit)].filter(Boolean).join(" · ")),
        snippet(hit),
        h(
          "p",
          { class: "row hit-foot" },
          h("span", { class: "facts" }, ranks(hit)),
          h(
            "a",
            { class: "quiet small", href: readerUrl(hit), target: "_blank", rel: "noopener" },
            icon("open"),
            t("source.reader"),
          ),
        ),
      ),
    ),
  );
}
