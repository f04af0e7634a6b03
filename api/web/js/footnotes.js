// An answer as plain text with its footnotes, for pasting into a document.

import { t } from "./language.js";
import { pathOf, readerUrl } from "./reference.js";

export function footnote(citation) {
  const facts = [citation.number, citation.issuer, citation.issued].filter(Boolean).join("，");
  const address = new URL(readerUrl(citation), location.origin).href;
  return `[${citation.n}] 《${citation.title}》${facts ? `（${facts}）` : ""}${pathOf(citation) ? `，${pathOf(citation)}` : ""}：“${citation.quote}” ${address}`;
}

/** Question, notes, text and footnotes, in that order. */
export function footnoted(answer) {
  const head = [
    `${t("copy.question")}${answer.question ?? ""}`,
    ...(answer.notes ?? []).map((note) => `${t("copy.note")}${note}`),
  ];
  return [head.join("\n"), answer.text, answer.citations.map(footnote).join("\n")].filter(Boolean).join("\n\n") + "\n";
}
