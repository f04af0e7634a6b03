// The audit desk's figures: answers a day, refusals, what rests on fallen texts, what is cited most.

import { dayChart, rankChart } from "./charts.js";
import { fill, h } from "./dom.js";
import { t } from "./language.js";
import { get } from "./net.js";
import { problemNotice } from "./problem.js";

/** Draw the figures into `place`; `restsOn(id)` shows the answers that rest on a document. */
export async function dashboard(place, restsOn) {
  fill(place, h("div", { class: "skeleton" }), h("div", { class: "skeleton" }));
  try {
    const stats = await get("/api/answers/stats");
    const percent = (share) => `${(100 * (share ?? 0)).toFixed(1)}%`;
    const tile = (label, value, tone = "") =>
      h("div", { class: `tile ${tone}` }, h("span", { class: "value" }, value), h("span", null, label));
    const days = stats.per_day;
    fill(
      place,
      h(
        "div",
        { class: "tiles" },
        tile(
          t("stats.answers"),
          days.reduce((sum, day) => sum + day.answers, 0),
        ),
        tile(t("stats.refusals"), percent(stats.refusal_rate)),
        tile(t("stats.repealed"), percent(stats.repealed_share), stats.repealed_share > 0 ? "bad" : ""),
        tile(t("stats.disputes"), stats.open_disputes, stats.open_disputes > 0 ? "warm" : ""),
      ),
      days.length ? dayChart(days, Math.max(280, place.clientWidth - 40)) : h("p", { class: "empty" }, t("audit.empty")),
      stats.most_cited.length ? rankChart(stats.most_cited, t("stats.cited"), (each) => restsOn(each.doc_id, each.title)) : null,
    );
  } catch (problem) {
    fill(
      place,
      problemNotice(problem, () => dashboard(place, restsOn)),
    );
  }
}
