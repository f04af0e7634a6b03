// What is known of a document, and whence.

import { fill, h } from "./dom.js";
import { t, word } from "./language.js";

const FIELDS = [
  "title",
  "number",
  "issuer",
  "issued",
  "effective",
  "expires",
  "status",
  "kind",
  "region",
  "visibility",
  "recipients",
  "attachments",
  "secrecy",
];
/** The name of the file as it was added, without the folders of another machine. */
export function fileName(about) {
  return (about.source || about.title).split(/[\\/]/).at(-1);
}

function proof(name, onclick) {
  return h(
    "button",
    {
      type: "button",
      class: "link proof",
      "aria-label": t("reader.proofOf", { name: word("field", name) }),
      onclick,
    },
    t("reader.proof"),
  );
}

/** The words that decide a status: in this document, or in the one that repealed or amended it. */
function statusProof({ doc_id: id, title, span }, about, prove) {
  if (id === about.doc_id) return proof("status", () => prove(span));
  return h(
    "a",
    { class: "link proof", href: `/documents/${encodeURIComponent(id)}#c=${span[0]}-${span[1]}` },
    t("reader.proofIn", { title }),
  );
}

/** Each fact of a document with the way to the words it was read from. */
export function metadata(place, about, shown, prove) {
  const proofButton = (name) => proof(name, () => prove(about.evidence[name]));
  const status = about.status_proof;
  const rows = FIELDS.filter((name) => about[name] !== null && about[name] !== undefined && about[name] !== "").map(
    (name) => {
      const proof = about.evidence?.[name];
      const value = ["status", "kind", "visibility"].includes(name)
        ? word(name, about[name])
        : [about[name]].flat().join("；");
      const where = name === "status" && status ? statusProof(status, about, prove) : proof ? proofButton(name) : null;
      return [h("dt", null, t(`field.${name}`)), h("dd", null, value, where)];
    },
  );
  const more = Object.entries(about.details ?? {})
    .filter(([name, value]) => (!FIELDS.includes(name) || !about[name] ? value : false))
    .map(([name, value]) => [
      h("dt", null, word("field", name)),
      h("dd", null, [value].flat().join("；"), about.evidence?.[name] ? proofButton(name) : null),
    ]);
  fill(
    place,
    h(
      "dl",
      null,
      rows,
      more,
      about.source
        ? [h("dt", null, t("field.source")), h("dd", { class: "break", title: about.source }, fileName(about))]
        : null,
      h("dt", null, t("field.sha256")),
      h("dd", { class: "break mono" }, shown.sha256),
    ),
  );
}

/** What the document does to others and others to it. */
export function relations(place, about, prove) {
  const all = about.relations ?? [];
  fill(
    place,
    all.map((each) =>
      h(
        "li",
        null,
        h("span", { class: "badge plain" }, word(each.direction === "in" ? "relation_in" : "relation", each.type)),
        " ",
        each.doc_id
          ? h("a", { href: addressOf(each) }, each.title || each.number)
          : h("span", null, each.title || each.number),
        each.scope ? h("span", { class: "facts" }, ` ${each.scope}`) : null,
        Array.isArray(each.span) && each.direction !== "in"
          ? h("button", { type: "button", class: "link proof", onclick: () => prove(each.span) }, t("reader.proof"))
          : null,
      ),
    ),
  );
}

/** The other document; where it is the one that speaks, at the words that say so. */
function addressOf({ doc_id: id, direction, span }) {
  const place = direction === "in" ? `#c=${span[0]}-${span[1]}` : "";
  return `/documents/${encodeURIComponent(id)}${place}`;
}
