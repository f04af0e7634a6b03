// One answer under audit: what was said, its sources as they were, checks, replay, verdict.

import { answerText, notes } from "./answer-card.js";
import { replay, verify } from "./audit-checks.js";
import { button, fill, h, icon } from "./dom.js";
import "./document-text.js";
import { review } from "./feedback.js";
import { moment, t } from "./language.js";
import { get, query } from "./net.js";
import { problemNotice, sayDone, sayProblem } from "./problem.js";
import { badge, factsOf, placeOf, readerUrl, statusBadge } from "./reference.js";

/** The detail of `answer`; `on` has `close()`, `changed()` and `document(id)`. */
export function auditDetail(answer, on) {
  const checks = h("div", { class: "checks", "aria-live": "polite" });
  const replayed = h("div", { class: "replayed", "aria-live": "polite" });
  const states = new Map(answer.citations.map(({ n }) => [n, h("span", { class: "state" })]));
  const source = h("div", { class: "audit-source" });
  const show = (citation) => showSource(source, citation, answer);
  const said =
    answer.basis === "grounded"
      ? answerText(answer, show)
      : h("p", { class: "answer-text" }, answer.text, " ", badge("reason", answer.reason));
  const view = h(
    "div",
    { class: "audit-detail", "data-answer": answer.id },
    h(
      "header",
      { class: "row" },
      h("h2", null, answer.question || t("audit.masked")),
      button("close", t("close"), on.close, { bare: true }),
    ),
    answer.ledger?.intact === false
      ? h("div", { class: "notice bad", role: "alert" }, icon("warn"), h("p", null, t("audit.altered")))
      : null,
    h(
      "p",
      { class: "facts" },
      [
        moment(answer.created),
        answer.caller ?? answer.ledger?.caller,
        answer.model === "quoting" ? t("answer.quoting") : answer.model,
        t("audit.generation", { n: answer.generation }),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    h(
      "div",
      { class: "row actions" },
      button("check", t("audit.verify"), () => verify(answer, checks, states, on)),
      button("replay", t("audit.replay"), () => replay(answer, replayed)),
      h(
        "a",
        { class: "quiet", href: `/#answer=${encodeURIComponent(answer.id)}`, target: "_blank", rel: "noopener" },
        icon("open"),
        t("audit.openAnswer"),
      ),
    ),
    checks,
    notes(answer),
    h(
      "div",
      { class: "beside" },
      h("div", null, said, h("h3", null, t("audit.citations")), citations(answer, states, show, on)),
      source,
    ),
    replayed,
    verdictForm(answer, on),
    provenance(answer),
  );
  if (answer.citations.length) show(answer.citations[0]);
  return view;
}

function citations(answer, states, show, on) {
  if (!answer.citations.length) return h("p", { class: "facts" }, t("audit.noCitations"));
  return h(
    "ol",
    { class: "audit-citations" },
    answer.citations.map((citation) =>
      h(
        "li",
        null,
        h(
          "div",
          { class: "row cited-line" },
          h("span", { class: "chip still" }, citation.n),
          h("button", { type: "button", class: "title-button", onclick: () => show(citation) }, citation.title),
          statusBadge(citation),
          states.get(citation.n),
        ),
        h(
          "p",
          { class: "facts" },
          [factsOf(citation), placeOf(citation), t("reader.revision", { n: citation.revision })]
            .filter(Boolean)
            .join(" · "),
        ),
        h("blockquote", null, citation.quote),
        h(
          "button",
          { type: "button", class: "link", onclick: () => on.document(citation.doc_id, citation.title) },
          t("audit.alsoRests"),
        ),
      ),
    ),
  );
}

/** The cited revision, as it was when the answer was given. */
async function showSource(place, citation, answer) {
  fill(place, h("div", { class: "skeleton" }), h("div", { class: "skeleton" }));
  try {
    const text = await get(
      `/api/documents/${encodeURIComponent(citation.doc_id)}/text${query({ revision: citation.revision })}`,
    );
    const view = document.createElement("document-text");
    const box = h("div", { class: "source-body", tabindex: "0", role: "region", "aria-label": citation.title }, view);
    fill(
      place,
      h(
        "p",
        { class: "row" },
        h("strong", null, citation.title),
        h("span", { class: "badge plain" }, t("reader.revision", { n: citation.revision })),
        text.sha256 === citation.sha256 ? badge("sha", "same") : badge("sha", "different"),
        h(
          "a",
          { class: "quiet small", href: readerUrl(citation), target: "_blank", rel: "noopener" },
          icon("open"),
          t("source.reader"),
        ),
      ),
      box,
    );
    view.show(text);
    const same = answer.citations.filter(
      (each) => each.doc_id === citation.doc_id && each.revision === citation.revision,
    );
    view.mark(
      same.map((each) => ({
        start: each.start,
        end: each.end,
        n: each.n,
        kind: each === citation ? "cited" : "also-cited",
      })),
    );
    view.reveal(citation.start, box);
  } catch (problem) {
    fill(place, problemNotice(problem));
  }
}

function verdictForm(answer, on) {
  const said = h("span", { class: "said", role: "status" });
  const form = h(
    "form",
    { class: "feedback" },
    h(
      "fieldset",
      null,
      h("legend", { class: "visually-hidden" }, t("audit.verdict")),
      ["correct", "wrong", "incomplete"].map((value) =>
        h("label", null, h("input", { type: "radio", name: "verdict", value, required: true }), t(`verdict.${value}`)),
      ),
    ),
    h("textarea", {
      name: "note",
      rows: "2",
      maxlength: "2000",
      "aria-label": t("feedback.note"),
      placeholder: t("feedback.note"),
    }),
    h("div", { class: "row" }, h("button", { class: "primary small" }, t("feedback.send")), said),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { verdict, note } = Object.fromEntries(new FormData(form));
    try {
      await review(answer.id, verdict, note.trim());
      sayDone(said, t("audit.recorded"));
      on.changed();
    } catch (problem) {
      sayProblem(said, problem);
    }
  });
  const earlier = (answer.reviews ?? []).map((each) =>
    h(
      "li",
      null,
      badge("verdict", each.verdict),
      ` ${each.note ?? ""} `,
      h("span", { class: "facts" }, [each.author, moment(each.created)].filter(Boolean).join(" · ")),
    ),
  );
  return h(
    "section",
    null,
    h("h3", null, t("audit.verdict")),
    earlier.length ? h("ul", { class: "reviews" }, earlier) : null,
    form,
  );
}

/** Everything the record keeps that has no place above, for those who check by hand. */
function provenance(answer) {
  const hits = (answer.hits ?? []).map((hit) => `${hit.title} · ${placeOf(hit)} · ${Number(hit.score).toFixed(3)}`);
  const { ledger = {}, ...shown } = answer;
  const facts = Object.entries({ ...shown, ...ledger }).filter(
    ([name, value]) =>
      !["text", "claims", "citations", "hits", "question", "notes", "reviews"].includes(name) &&
      value !== null &&
      value !== "",
  );
  return h(
    "details",
    { class: "provenance" },
    h("summary", null, t("audit.provenance")),
    h(
      "dl",
      null,
      facts.flatMap(([name, value]) => [
        h("dt", { class: "mono" }, name),
        h("dd", { class: "mono break" }, typeof value === "object" ? JSON.stringify(value) : value),
      ]),
    ),
    hits.length
      ? h(
          "ol",
          { class: "facts" },
          hits.map((hit) => h("li", null, hit)),
        )
      : null,
  );
}
