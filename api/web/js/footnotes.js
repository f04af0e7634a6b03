// An answer as plain text with its footnotes, for pasting into a document.

import { t, word } from "./language.js";
import { pathOf, readerUrl, withinOf } from "./reference.js";

export function footnote(citation) {
  const facts = [citation.number, citation.issuer, citation.issued, word("status", citation.status ?? "unknown")]
    .filter(Boolean)
    .join("，");
  const address = new URL(readerUrl(citation), location.origin).href;
  return `[${citation.n}] 《${citation.title}》（${facts}）${pathOf(citation) ? `，${pathOf(citation)}` : ""}：“${citation.quote}” ${address}`;
}

/** Question, the day and limits it was asked within, notes, text and footnotes, in that order. */
export function footnoted(answer) {
  const notes = answer.notes ?? [];
  const text = answer.text.split("\n").filter((line) => !notes.includes(line)); // said in the head
  const head = [
    `${t("copy.question")}${answer.question ?? ""}`,
    ...withinOf(answer),
    ...notes.map((note) => `${t("copy.note")}${note}`),
  ];
  return [head.join("\n"), text.join("\n"), answer.citations.map(footnote).join("\n")].filter(Boolean).join("\n\n") + "\n";
}
