// Search: passages of the originals, a step at a time.

import { button, fill, h, icon } from "./dom.js";
import { hitList } from "./hits.js";
import { t } from "./language.js";
import { newestOnly, post } from "./net.js";
import { problemCard } from "./problem.js";

const STEP = 20;
const MOST = 100;

/** Search into `place`; `on` has `facets`, `open(hit, from)`, `say(words)` and `begin()`. */
export function searchView(place, on) {
  const finding = newestOnly();
  let address = "#search="; // of what is shown

  async function find(query, mode, k = STEP) {
    const newest = finding();
    on.begin();
    if (place.contains(document.activeElement)) place.focus({ preventScroll: true }); // what was pressed there goes
    if (k === STEP)
      fill(
        place,
        Array.from({ length: 4 }, () =>
          h(
            "div",
            { class: "hit" },
            h("div", { class: "skeleton short" }),
            h("div", { class: "skeleton" }),
            h("div", { class: "skeleton" }),
          ),
        ),
      );
    address = `#search=${encodeURIComponent(query)}`;
    history.replaceState(null, "", address);
    try {
      const { hits, took_ms: took } = await post("/api/search", { query, k, mode, ...on.facets.value });
      if (!newest()) return;
      const words = hits.length ? t("search.found", { n: hits.length, ms: Math.round(took) }) : t("search.none");
      on.say(words);
      fill(
        place,
        h("p", { class: "facts" }, words),
        hits.length ? hitList(hits, on.open) : nothing(on.facets),
        hits.length === k && k < MOST
          ? h(
              "p",
              { class: "more-hits" },
              button("plus", t("search.more"), () => find(query, mode, k + STEP)),
            )
          : null,
      );
      if (k > STEP && document.activeElement === place)
        place.querySelectorAll(".title-button")[k - STEP]?.focus({ preventScroll: true }); // the first that is new
    } catch (problem) {
      if (!newest()) return;
      fill(
        place,
        problemCard(problem, () => find(query, mode)),
      );
    }
  }

  return { find, address: () => address, empty: () => fill(place, before()) };
}

function before() {
  return h("div", { class: "welcome" }, h("h1", null, t("search.title")), h("p", { class: "lead" }, t("search.lead")));
}

function nothing(facets) {
  return h(
    "div",
    { class: "answer refusal" },
    h(
      "div",
      { class: "refusal-head" },
      icon("none"),
      h(
        "div",
        null,
        h("p", { class: "refusal-text" }, t("search.none")),
        h("p", { class: "facts" }, t("search.noneHint")),
        facets.tags.length ? button("filter", t("facet.clear"), () => facets.clear()) : null,
      ),
    ),
  );
}
