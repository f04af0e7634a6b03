// How a revision that was cited stands today: the newest, an older one, or of a document removed since.

import { h, icon } from "./dom.js";
import { moment, t } from "./language.js";
import { get, query } from "./net.js";
import { badge, statusBadge } from "./reference.js";

/** The document and the text of its `revision`. Of one removed since, whose cited revisions auditors may read, only the text tells. */
export async function load(id, revision) {
  const api = `/api/documents/${encodeURIComponent(id)}`;
  const [listed, text] = await Promise.allSettled([get(api), get(`${api}/text${query({ revision })}`)]);
  if (text.status === "rejected") throw listed.reason ?? Object.assign(text.reason, { there: listed.value });
  if (listed.status === "fulfilled") return [listed.value, text.value];
  if (!text.value.removed) throw listed.reason;
  const { title, removed, revision: number } = text.value;
  return [{ title, removed, revision: number }, text.value];
}

export function standingBadge(about) {
  return about.removed ? badge("state", "withdrawn") : statusBadge(about);
}

/** Says that the text is not what holds today; `newest` leads to what does. Nothing where it is. */
export function standingNotice(about, text, newest) {
  if (about.removed)
    return notice("bad", "warn", t("reader.withdrawn", { when: moment(about.removed), n: text.revision }));
  if (text.revision === about.revision) return null;
  return notice("warm", "info", t("reader.older", { n: text.revision, now: about.revision }), " ", newest);
}

function notice(tone, name, ...words) {
  return h("div", { class: `notice ${tone}`, role: "note" }, icon(name), h("p", null, words));
}
