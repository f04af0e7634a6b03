// Does an answer still stand, and what would be answered today?

import { diffView } from "./diff-view.js";
import { fill, h, icon } from "./dom.js";
import { t, word } from "./language.js";
import { post } from "./net.js";
import { problemNotice } from "./problem.js";
import { badge, placeOf } from "./reference.js";

/** Check the citations into `place`; `states` maps a citation's number to where its state is shown. */
export async function verify(answer, place, states, on) {
  fill(place, h("p", { class: "facts" }, t("audit.verifying")));
  try {
    const report = await post(`/api/answers/${encodeURIComponent(answer.id)}/verify`);
    const tone = { stands: "good", review: "warm", fallen: "bad" }[report.standing] ?? "warm";
    fill(
      place,
      h(
        "div",
        { class: `notice ${tone}` },
        icon(tone === "good" ? "check" : "warn"),
        h(
          "div",
          null,
          h("strong", null, word("standing", report.standing)),
          report.citations
            .filter(({ state }) => state !== "valid")
            .map((each) =>
              h(
                "div",
                { class: "changed-citation" },
                h(
                  "p",
                  null,
                  h("span", { class: "chip still" }, each.n),
                  " ",
                  badge("state", each.state),
                  " ",
                  each.detail ?? "",
                ),
                changes(each.diff),
              ),
            ),
        ),
      ),
    );
    for (const each of report.citations) fill(states.get(each.n) ?? h("i"), badge("state", each.state));
    on.changed();
  } catch (problem) {
    fill(place, problemNotice(problem));
  }
}

const TAGS = { added: "ins", removed: "del", same: "span" };
/** A diff as the service gives it: one line with `[-gone-]{+come+}`. */
function changes(diff) {
  if (!diff) return null;
  const parts = marked(diff).map(([op, text]) => h(TAGS[op], null, text));
  return h("div", { class: "diff" }, h("p", { class: "changed" }, parts));
}

function marked(line) {
  return line
    .split(/(\[-.*?-\]|\{\+.*?\+\})/s)
    .filter(Boolean)
    .map((part) =>
      part.startsWith("[-") && part.endsWith("-]")
        ? ["removed", part.slice(2, -2)]
        : part.startsWith("{+") && part.endsWith("+}")
          ? ["added", part.slice(2, -2)]
          : ["same", part],
    );
}

/** Answer again on today's index; what differs is shown in `place`. */
export async function replay(answer, place) {
  fill(place, h("h3", null, t("audit.replay")), h("div", { class: "skeleton" }));
  try {
    const { answer: now } = await post(`/api/answers/${encodeURIComponent(answer.id)}/replay`);
    const rests = (each) =>
      each.citations
        .map(
          (citation) =>
            `[${citation.n}] ${citation.title}${placeOf(citation) ? `（${placeOf(citation)}）` : ""}：${citation.quote}`,
        )
        .join("\n");
    fill(
      place,
      h("h3", null, t("audit.replay")),
      h("p", { class: "facts" }, t("audit.replayed", { then: answer.generation, now: now.generation })),
      h("h4", null, t("audit.textThen")),
      diffView(answer.text, now.text),
      h("h4", null, t("audit.restsThen")),
      diffView(rests(answer), rests(now)),
    );
  } catch (problem) {
    fill(place, problemNotice(problem));
  }
}
