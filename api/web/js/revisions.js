// The revisions of a document, and what changed between two of them.

import { diffView } from "./diff-view.js";
import { button, fill, h } from "./dom.js";
import { moment, t } from "./language.js";
import { get, query } from "./net.js";
import { problemNotice } from "./problem.js";

/** The list of revisions, and the form that compares two; `api` is the document's own address. */
export function revisions(place, about, shown, api) {
  const all = [...(about.revisions ?? [])].sort((a, b) => b.revision - a.revision);
  fill(
    place,
    h(
      "ul",
      { class: "revisions" },
      all.map((each) =>
        h(
          "li",
          null,
          h(
            "a",
            {
              href: `${location.pathname}?revision=${each.revision}`,
              "aria-current": each.revision === shown.revision ? "true" : null,
            },
            t("reader.revision", { n: each.revision }),
          ),
          h("span", { class: "facts" }, moment(each.added)),
        ),
      ),
    ),
    all.length > 1 ? compareForm(all, api) : h("p", { class: "facts" }, t("reader.oneRevision")),
  );
}

function compareForm(all, api) {
  const choose = (name, picked) =>
    h(
      "label",
      null,
      h("span", null, t(`diff.${name}`)),
      h(
        "select",
        { name },
        all.map(({ revision }) =>
          h("option", { value: revision, selected: revision === picked }, t("reader.revision", { n: revision })),
        ),
      ),
    );
  const form = h(
    "form",
    { class: "compare" },
    choose("from", all[1].revision),
    choose("to", all[0].revision),
    h("button", { class: "quiet" }, t("diff.compare")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { from, to } = Object.fromEntries(new FormData(form));
    const dialog = h(
      "dialog",
      { class: "wide-dialog", "aria-label": t("diff.title", { from, to }) },
      h(
        "header",
        { class: "row" },
        h("h2", null, t("diff.title", { from, to })),
        button("close", t("close"), () => dialog.close(), { bare: true }),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    try {
      const [before, after] = await Promise.all([from, to].map((revision) => get(`${api}/text${query({ revision })}`)));
      dialog.append(h("div", { class: "dialog-body", tabindex: "0" }, diffView(before.text, after.text)));
    } catch (problem) {
      dialog.append(problemNotice(problem));
    }
  });
  return form;
}
