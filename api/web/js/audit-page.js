// The audit desk: find answers, open one beside its sources as they were, check, replay, judge.

import { auditDetail } from "./audit-detail.js";
import { checkLedger } from "./ledger-check.js";
import { dashboard } from "./dashboard.js";
import { DocumentChoice } from "./document-choice.js";
import { button, fill, h } from "./dom.js";
import { fillTexts, moment, t, word } from "./language.js";
import { download, get, newestOnly, query } from "./net.js";
import { problemNotice, sayProblem } from "./problem.js";
import { badge } from "./reference.js";
import "./top-bar.js";

const $ = (id) => document.getElementById(id);
const LIMIT = 30;
const CHOICES = {
  status: ["stands", "review", "fallen"],
  basis: ["grounded", "none"],
  verdict: ["none", "correct", "wrong", "incomplete"],
};
const form = $("filters");
const resting = new DocumentChoice(t("audit.doc_id"));
const listing = newestOnly();
const opening = newestOnly();
let offset = 0;

// ---- filters and list

function filterForm() {
  const field = (name, type = "text") =>
    h("label", null, h("span", null, t(`audit.${name}`)), h("input", { type, name }));
  const choice = (name) =>
    h(
      "label",
      null,
      h("span", null, t(`audit.${name}`)),
      h(
        "select",
        { name },
        h("option", { value: "" }, t("facet.any")),
        CHOICES[name].map((value) =>
          h("option", { value }, word({ status: "standing", basis: "basis", verdict: "verdict" }[name], value)),
        ),
      ),
    );
  fill(
    form,
    field("q", "search"),
    field("from", "date"),
    field("to", "date"),
    field("caller"),
    choice("status"),
    choice("basis"),
    choice("verdict"),
    resting.node,
    h(
      "div",
      { class: "row" },
      h("button", { class: "primary" }, t("audit.filter")),
      h("button", { type: "reset", class: "quiet" }, t("facet.clear")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    offset = 0;
    list();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      offset = 0;
      list();
    }),
  );
}

const chosen = () => ({
  ...Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()])),
  doc_id: resting.id,
});

async function list() {
  const place = $("answers");
  const newest = listing();
  place.setAttribute("aria-busy", "true");
  $("about-document").hidden = !resting.title;
  $("about-document").textContent = resting.title ? t("audit.rests", { title: resting.title }) : "";
  try {
    const { answers, total } = await get(`/api/answers${query({ ...chosen(), offset, limit: LIMIT })}`);
    if (!newest()) return;
    fill(
      place,
      answers.length ? h("ul", { class: "answers" }, answers.map(row)) : h("p", { class: "empty" }, t("audit.empty")),
      pager(total),
    );
    $("total").textContent = t("audit.total", { n: total });
  } catch (problem) {
    if (!newest()) return;
    fill(place, problemNotice(problem, list));
  }
  place.removeAttribute("aria-busy");
}

function row(answer) {
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: "answer-row",
        "data-id": answer.id,
        "aria-current": location.hash === `#a=${answer.id}` ? "true" : null,
        onclick: () => {
          location.hash = `a=${answer.id}`;
        },
      },
      h("span", { class: "title" }, answer.question || t("audit.masked")),
      h(
        "span",
        { class: "row" },
        answer.standing ? badge("standing", answer.standing) : null,
        answer.basis === "none" ? badge("reason", answer.reason) : null,
        answer.verdict ? badge("verdict", answer.verdict) : null,
      ),
      h("span", { class: "facts" }, [moment(answer.created), answer.caller].filter(Boolean).join(" · ")),
    ),
  );
}

function pager(total) {
  if (total <= LIMIT) return null;
  const go = (to) => () => {
    offset = to;
    list();
  };
  return h(
    "div",
    { class: "row pager" },
    button("back", t("page.previous"), go(offset - LIMIT), { bare: true, disabled: offset === 0 }),
    h("span", null, t("page.of", { n: offset / LIMIT + 1, count: Math.ceil(total / LIMIT) })),
    button("next", t("page.next"), go(offset + LIMIT), { bare: true, disabled: offset + LIMIT >= total }),
  );
}

function exports() {
  fill(
    $("exports"),
    ["csv", "jsonl", "xlsx"].map((format) =>
      button(
        "download",
        format.toUpperCase(),
        async () => {
          try {
            await download(`/api/answers/export${query({ format, ...chosen() })}`, `answers.${format}`);
          } catch (problem) {
            sayProblem($("said"), problem);
          }
        },
        { "aria-label": t("answer.export", { format: format.toUpperCase() }) },
      ),
    ),
  );
}

// ---- one answer

async function openAnswer(id) {
  for (const each of document.querySelectorAll(".answer-row"))
    each.dataset.id === id ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
  document.body.classList.add("with-detail");
  const place = $("detail");
  const newest = opening();
  fill(place, h("div", { class: "skeleton" }), h("div", { class: "skeleton" }));
  try {
    const answer = await get(`/api/answers/${encodeURIComponent(id)}`);
    if (!newest()) return;
    fill(place, auditDetail(answer, { close, changed: list, document: restsOn }));
    place.focus({ preventScroll: true });
  } catch (problem) {
    if (!newest()) return;
    fill(
      place,
      problemNotice(problem, () => openAnswer(id)),
    );
  }
}

function close() {
  opening();
  document.body.classList.remove("with-detail");
  history.replaceState(null, "", location.pathname);
  fill($("detail"), h("p", { class: "empty" }, t("audit.choose")));
}

/** Which answers rest on this document? */
async function restsOn(id, title) {
  await resting.choose(id, title);
  offset = 0;
  showTab("answers");
  await list();
  $("about-document").focus();
}

// ---- the page

function showTab(name) {
  for (const tab of document.querySelectorAll("[data-tab]"))
    tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
  $("answers-tab").hidden = name !== "answers";
  $("dashboard").hidden = name !== "dashboard";
  if (name === "dashboard") dashboard($("dashboard"), restsOn);
}

function route() {
  const [name, value] = location.hash.slice(1).split("=");
  if (name === "a" && value) openAnswer(decodeURIComponent(value));
  if (name === "doc" && value) restsOn(decodeURIComponent(value));
}

fillTexts();
if (matchMedia("(max-width: 859px)").matches) $("filter-part").open = false;
filterForm();
exports();
for (const tab of document.querySelectorAll("[data-tab]"))
  tab.addEventListener("click", () => showTab(tab.dataset.tab));
$("verify-all").addEventListener("click", () => checkLedger($("chain"), list));
addEventListener("hashchange", route);
fill($("detail"), h("p", { class: "empty" }, t("audit.choose")));
if (location.hash.startsWith("#doc=")) route();
else list().then(route);
