// How a document, a clause path and a validity status are written, everywhere the same.

import { h } from "./dom.js";
import { t, word } from "./language.js";

const TONES = {
  in_force: "good",
  amended: "warm",
  partly_repealed: "warm",
  not_yet: "warm",
  repealed: "bad",
  expired: "bad",
  unknown: "plain",
  stands: "good",
  review: "warm",
  fallen: "bad",
  valid: "good",
  moved: "plain",
  changed: "warm",
  tampered: "bad",
  withdrawn: "bad",
  superseded: "bad",
  correct: "good",
  wrong: "bad",
  incomplete: "warm",
  same: "good",
  different: "bad",
  grounded: "good",
  none: "plain",
};

const CODED = new Set(["kind", "status"]); // values with words of their own

/** A coloured badge; its words, not its colour, carry the meaning. */
export function badge(group, code, reason = null) {
  return h("span", { class: `badge ${TONES[code] ?? "plain"}`, title: reason }, word(group, code));
}

export function statusBadge({ status, status_reason: reason }) {
  return badge("status", status ?? "unknown", reason);
}

export function pathOf(thing) {
  return (thing.path ?? []).join(" › ");
}

/** `浙政发〔2023〕1号 · 某厅 · 2023-01-17`, leaving out what is not known. */
export function factsOf({ number, issuer, issued }) {
  return [number, issuer, issued].filter(Boolean).join(" · ");
}

export function placeOf(thing) {
  const page = thing.page ? t("page.n", { n: thing.page }) : "";
  return [pathOf(thing), page].filter(Boolean).join(" · ");
}

/** For which day an answer holds and what it was limited to, in words; nothing for an answer of its own day. */
export function withinOf({ as_of: day, filters = {} }) {
  const said = (name, value) => [value].flat().map((each) => (CODED.has(name) ? word(name, each) : each)).join("、");
  const limits = Object.entries(filters ?? {}).map(([name, value]) =>
    name === "doc_id" ? t("within.doc_id", { n: value.length }) : t(`within.${name}`, { value: said(name, value) }),
  );
  return [
    day ? t("within.as_of", { date: day }) : null,
    limits.length ? t("within.filters", { limits: limits.join("；") }) : null,
  ].filter(Boolean);
}

/** Where the reader shows these words; a search or answer from the service names it itself. */
export function readerUrl({ doc_id: id, url, start, end, revision }) {
  const address = url ?? `/documents/${encodeURIComponent(id)}#c=${start}-${end}`;
  const there = new URL(address, location.origin);
  if (there.origin !== location.origin) return "#"; // the service only ever names its own pages
  if (revision && !there.searchParams.has("revision")) there.searchParams.set("revision", revision);
  return there.pathname + there.search + there.hash;
}
