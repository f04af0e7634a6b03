// The whole ledger checked: is the chain unbroken, and how many answers still stand?

import { fill, h, icon } from "./dom.js";
import { t } from "./language.js";
import { post } from "./net.js";
import { problemNotice } from "./problem.js";
import { badge } from "./reference.js";

/** Check into `place`; `changed()` when standings may have changed. */
export async function checkLedger(place, changed) {
  fill(place, h("p", { class: "facts" }, t("audit.verifying")));
  try {
    const report = await post("/api/audit/verify");
    const { ok, broken } = report.chain;
    fill(
      place,
      h(
        "div",
        { class: `notice ${ok ? "good" : "bad"}`, role: "status" },
        icon(ok ? "check" : "warn"),
        h(
          "div",
          null,
          h("strong", null, ok ? t("chain.ok", { n: report.answers }) : t("chain.broken", { n: broken.length })),
          broken.length
            ? h(
                "ul",
                null,
                broken.slice(0, 20).map((each) => h("li", { class: "mono break" }, each.problem)),
              )
            : null,
          h(
            "p",
            { class: "row" },
            Object.entries(report.standing).map(([name, count]) =>
              h("span", null, badge("standing", name), ` ${count}`),
            ),
          ),
        ),
      ),
    );
    changed();
  } catch (problem) {
    fill(
      place,
      problemNotice(problem, () => checkLedger(place, changed)),
    );
  }
}
