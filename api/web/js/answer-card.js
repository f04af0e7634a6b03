// One answer: its text with chips at the claims, its sources, and what can be done with it.

import { chip } from "./citation-card.js";
import { CodePoints } from "./codepoints.js";
import { footnoted } from "./footnotes.js";
import { button, h, handOver, icon } from "./dom.js";
import { feedback } from "./feedback.js";
import { moment, t, word } from "./language.js";
import { download } from "./net.js";
import { sayDone, sayProblem } from "./problem.js";
import { factsOf, placeOf, statusBadge, withinOf } from "./reference.js";

const PAST = new Set(["repealed", "expired", "not_yet"]);

/** The text's pieces: `{text}` and `{n}`; a claim whose text has no marker gets its chips at its end. */
export function segments(answer) {
  const points = new CodePoints(answer.text);
  const known = new Set(answer.citations.map(({ n }) => n));
  const markers = [...answer.text.matchAll(/\[(\d+)\]/g)]
    .map((found) => ({ at: found.index, to: found.index + found[0].length, n: Number(found[1]) }))
    .filter(({ n }) => known.has(n));
  for (const claim of answer.claims ?? []) {
    const [from, to] = [points.unit(claim.start), points.unit(claim.end)];
    const following = /^(?:[。；，,;.!！?？\s]|\[\d+\])*/.exec(answer.text.slice(to))[0].length;
    for (const n of claim.citations) {
      const shown = markers.some((marker) => marker.n === n && marker.at >= from && marker.to <= to + following);
      if (!shown && known.has(n)) markers.push({ at: to, to, n });
    }
  }
  markers.sort((a, b) => a.at - b.at || a.to - b.to);
  const out = [];
  let at = 0;
  for (const marker of markers) {
    if (marker.at > at) out.push({ text: answer.text.slice(at, marker.at) });
    out.push({ n: marker.n });
    at = Math.max(at, marker.to);
  }
  if (at < answer.text.length) out.push({ text: answer.text.slice(at) });
  return out;
}

/** The answer's text as paragraphs, one for each line, with chips; notes it begins with stand above it. */
export function answerText(answer, open) {
  const citations = new Map(answer.citations.map((citation) => [citation.n, citation]));
  const lines = [[]];
  for (const segment of segments(answer)) {
    if (segment.n !== undefined) {
      attach(lines.at(-1), chip(citations.get(segment.n), open));
      continue;
    }
    segment.text.split("\n").forEach((text, i) => {
      if (i) lines.push([]);
      if (text) lines.at(-1).push(text);
    });
  }
  return h(
    "div",
    { class: "answer-text" },
    lines.filter((line) => line.length && !isNote(answer, line)).map((line) => h("p", null, line)),
  );
}

function isNote(answer, line) {
  return line.length === 1 && (answer.notes ?? []).includes(line[0]);
}

/** Put a chip behind the last character so that no line begins with a lone chip. */
function attach(line, node) {
  const last = line.at(-1);
  if (last instanceof Node) {
    last.append(node);
    return;
  }
  const points = [...(last ?? "")];
  const kept = points.pop() ?? "";
  if (last !== undefined) line.splice(-1, 1, points.join(""));
  line.push(h("span", { class: "together" }, kept, node));
}

export function notes(answer) {
  const within = withinOf(answer);
  return [
    within.length ? h("p", { class: "notice within", role: "note" }, within.join(" · ")) : null,
    answer.rewritten && answer.rewritten !== answer.question
      ? h("p", { class: "rewritten" }, t("answer.rewritten"), h("q", null, answer.rewritten))
      : null,
    (answer.notes ?? []).map((note) =>
      h("div", { class: "notice warm", role: "note" }, icon("warn"), h("p", null, note)),
    ),
  ];
}

export function sources(answer, open) {
  if (!answer.citations.length) return null;
  return h(
    "details",
    { class: "sources", open: true },
    h("summary", null, t("answer.sources", { n: answer.citations.length })),
    h(
      "ol",
      null,
      answer.citations.map((citation) =>
        h(
          "li",
          null,
          h(
            "button",
            { type: "button", class: "source-line", onclick: (event) => open(citation, event.currentTarget) },
            h("span", { class: "chip still", "aria-hidden": "true" }, citation.n),
            h(
              "span",
              { class: "what" },
              h("span", { class: "title" }, citation.title),
              h("span", { class: "facts" }, [factsOf(citation), placeOf(citation)].filter(Boolean).join(" · ")),
            ),
            statusBadge(citation),
          ),
        ),
      ),
    ),
  );
}

/** The nearest documents of a refusal, one line for each document. */
function nearest(answer, open) {
  const seen = new Map();
  for (const hit of answer.hits ?? []) if (!seen.has(hit.doc_id)) seen.set(hit.doc_id, hit);
  if (answer.reason === "not_in_force")
    for (const [id, { status }] of seen) if (!PAST.has(status)) seen.delete(id); // those the refusal speaks of
  if (!seen.size) return null;
  return h(
    "section",
    { class: "nearest" },
    h("h3", null, t("refusal.nearest")),
    h(
      "ul",
      null,
      [...seen.values()]
        .slice(0, 5)
        .map((hit) =>
          h(
            "li",
            null,
            h(
              "button",
              { type: "button", class: "source-line", onclick: (event) => open(hit, event.currentTarget) },
              icon("doc"),
              h(
                "span",
                { class: "what" },
                h("span", { class: "title" }, hit.title),
                h("span", { class: "facts" }, [factsOf(hit), placeOf(hit)].filter(Boolean).join(" · ")),
              ),
              statusBadge(hit),
            ),
          ),
        ),
    ),
  );
}

/** What the filters may have kept from an answer; `widen` asks again without them. */
function narrowed(answer, widen) {
  if (!widen || !withinOf(answer).length) return null;
  return [
    h("p", { class: "facts" }, t("refusal.within")),
    button("filter", t("refusal.widen"), ({ currentTarget }) => {
      handOver(currentTarget);
      widen(answer.question);
    }),
  ];
}

function refusal(answer, open, widen) {
  return h(
    "article",
    { class: "answer refusal", "data-answer": answer.id },
    notes(answer),
    h(
      "div",
      { class: "refusal-head" },
      icon("none"),
      h(
        "div",
        null,
        h("p", { class: "refusal-text" }, answer.text),
        h(
          "p",
          { class: "facts" },
          h("strong", null, word("reason", answer.reason)),
          " ",
          t(`reason.${answer.reason}.hint`),
        ),
        narrowed(answer, widen),
      ),
    ),
    nearest(answer, open),
    foot(answer),
  );
}

/** The finished answer; `open(citation, from)` shows a source, `widen(question)` asks without filters. */
export function answerCard(answer, open, widen = null) {
  if (answer.basis !== "grounded") return refusal(answer, open, widen);
  return h(
    "article",
    { class: "answer", "data-answer": answer.id, "data-kind": answer.kind },
    notes(answer),
    answerText(answer, open),
    sources(answer, open),
    foot(answer),
  );
}

function foot(answer) {
  const said = h("span", { class: "said", role: "status" });
  const reply = h("div", { class: "reply" });
  const model = answer.model === "quoting" ? t("answer.quoting") : answer.model;
  return h(
    "footer",
    { class: "answer-foot" },
    h(
      "p",
      { class: "facts" },
      [
        ...(answer.basis === "grounded" ? [word("kind", answer.kind), model] : []),
        moment(answer.created),
        t("answer.took", { ms: Math.round(answer.took_ms ?? 0) }),
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    h(
      "div",
      { class: "row actions" },
      button("copy", t("answer.copy"), () => copy(footnoted(answer), said)),
      button("download", "Markdown", () => save(answer, "md", said), {
        "aria-label": t("answer.export", { format: "Markdown" }),
      }),
      button("download", "DOCX", () => save(answer, "docx", said), {
        "aria-label": t("answer.export", { format: "DOCX" }),
      }),
      button("link", t("answer.link"), () => copy(`${location.origin}/#answer=${encodeURIComponent(answer.id)}`, said)),
      feedback(answer, reply, said),
      said,
    ),
    reply,
  );
}

async function save(answer, format, said) {
  try {
    await download(
      `/api/answers/${encodeURIComponent(answer.id)}/export?format=${format}`,
      `${(answer.question ?? answer.id).slice(0, 20)}.${format}`,
    );
    sayDone(said, t("answer.saved"));
  } catch (problem) {
    sayProblem(said, problem);
  }
}

async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    sayDone(said, t("answer.copied"));
  } catch {
    const area = h("textarea", { value: text, class: "visually-hidden" }); // plain http has no clipboard
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) sayDone(said, t("answer.copied"));
    else sayProblem(said, { title: t("answer.notCopied") });
    area.remove();
  }
}
