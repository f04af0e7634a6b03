// The reader: a document as it stands, its outline, what is known of it and whence, its revisions.

import { spanOf } from "./codepoints.js";
import { fileName, metadata, relations } from "./facts.js";
import { button, fill, h, icon } from "./dom.js";
import "./document-text.js";
import { fillTexts, t, word } from "./language.js";
import { download, query } from "./net.js";
import "./page-view.js";
import { sayDone, sayProblem } from "./problem.js";
import { factsOf } from "./reference.js";
import { revisions } from "./revisions.js";
import { load, standingBadge, standingNotice } from "./standing.js";
import "./top-bar.js";

const $ = (id) => document.getElementById(id);
const id = decodeURIComponent(location.pathname.split("/documents/")[1] ?? "");
const api = `/api/documents/${encodeURIComponent(id)}`;
const view = document.querySelector("document-text");
const pages = document.querySelector("page-view");

let shown = null; // the revision's text as the service gave it
let about = null; // the document

async function open() {
  fillTexts();
  if (matchMedia("(max-width: 859px)").matches) document.querySelector(".outline-part").open = false;
  const revision = new URLSearchParams(location.search).get("revision");
  try {
    [about, shown] = await load(id, revision);
  } catch (problem) {
    document.body.dataset.state = "error";
    return fill(
      $("title-block"),
      h(
        "div",
        { class: "notice bad", role: "alert" },
        icon("warn"),
        h(
          "div",
          null,
          missing(problem, revision),
        ),
      ),
    );
  }
  document.title = `${about.title} · ${t("brand")}`;
  document.body.dataset.state = "ready";
  head();
  view.show(shown);
  outline();
  metadata($("metadata"), about, shown, prove);
  $("relations-part").hidden = !about.relations?.length;
  relations($("relations"), about, prove);
  $("revisions-part").hidden = Boolean(about.removed);
  revisions($("revisions"), about, shown, api);
  viewSwitch();
  goTo();
}

/** What cannot be shown: the document, or only the revision that was asked for. */
function missing(problem, revision) {
  const there = problem.there; // the document, where that is known
  const said = (title, detail) => [h("h1", null, title), h("p", null, detail)];
  if (problem.status === 404 && there)
    return [
      said(
        t("reader.noRevision", { n: revision, title: there.title }),
        t("reader.noRevisionDetail", { now: there.revision }),
      ),
      h("a", { href: location.pathname }, t("reader.newest")),
    ];
  return [
    problem.status === 404 ? said(t("reader.missing"), t("reader.missingDetail")) : said(problem.title, problem.detail),
    h("a", { href: "/" }, t("reader.home")),
  ];
}

// ---- head

function head() {
  fill(
    $("title-block"),
    standingNotice(about, shown, h("a", { href: location.pathname }, t("reader.newest"))),
    h("h1", null, about.title),
    h(
      "p",
      { class: "row" },
      standingBadge(about),
      about.removed ? null : h("span", { class: "badge plain" }, word("kind", about.kind)),
      h("span", { class: "facts" }, factsOf(about)),
    ),
    about.status_reason ? h("p", { class: "facts reason" }, t("reader.statusReason"), about.status_reason) : null,
    h(
      "div",
      { class: "row actions" },
      button("download", t("reader.original"), () => fetchOriginal()),
      button("link", t("reader.copyLink"), copyLink),
      h("span", { id: "said", class: "said", role: "status" }),
    ),
  );
}

async function fetchOriginal() {
  try {
    await download(`${api}/file${query({ revision: shown.revision })}`, fileName(about));
  } catch (problem) {
    sayProblem($("said"), problem);
  }
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    sayDone($("said"), t("answer.copied"));
  } catch {
    sayDone($("said"), location.href);
  }
}

// ---- outline

function outline() {
  const nodes = (shown.outline ?? []).filter(
    (node) => node.path?.length && node.label && node.kind !== "row" && node.end > node.start,
  );
  const deepest = nodes.length > 300 ? 2 : 4; // a code of law lists its articles, not their items
  const kept = nodes.filter((node) => node.path.length <= deepest);
  if (!kept.length) return fill($("outline"), h("p", { class: "facts" }, t("reader.noOutline")));
  const links = kept.map((node) =>
    h(
      "li",
      { class: `depth-${Math.min(node.path.length, 4)}` },
      h(
        "a",
        {
          href: `#c=${node.start}-${node.end}`,
          "data-start": node.start,
          title: named(node),
          onclick: (event) => {
            event.preventDefault();
            jump(node.start);
          },
        },
        named(node),
      ),
    ),
  );
  fill($("outline"), h("ul", null, links));
  follow(kept, links);
}

/** “第七条 申请人应当…”: a label alone says little, so the line it begins follows. */
function named({ label, start, end }) {
  const line = view.points
    .slice(start, Math.min(end, start + 40))
    .trim()
    .split("\n")[0];
  return line.startsWith(label) ? line : label;
}

/** Mark in the outline where the reader is. */
function follow(nodes, links) {
  const byLine = new Map(nodes.map((node, i) => [view.lineAt(node.start), links[i]]));
  const watcher = new IntersectionObserver(
    (entries) => {
      const top = entries.filter((entry) => entry.isIntersecting).at(0);
      if (!top) return;
      $("outline").querySelector("[aria-current]")?.removeAttribute("aria-current");
      byLine.get(top.target)?.firstElementChild.setAttribute("aria-current", "location");
    },
    { rootMargin: "-80px 0px -70% 0px" },
  );
  for (const line of byLine.keys()) if (line) watcher.observe(line);
}

function jump(start) {
  showView("text");
  view.lineAt(start)?.scrollIntoView({ block: "start" });
}

// ---- where to look

function prove([start, end]) {
  if (shown.revision !== about.revision) return location.assign(`${location.pathname}#c=${start}-${end}`);
  showView("text");
  view.mark([...citedMarks(), { start, end, kind: "proof" }]);
  view.lineAt(start)?.scrollIntoView({ block: "center" });
  return undefined;
}

function citedMarks() {
  const span = spanOf(location.hash);
  return span ? [{ ...span, kind: "cited" }] : [];
}

function goTo() {
  view.mark(citedMarks());
  const span = spanOf(location.hash);
  if (!span) return;
  showView("text");
  view.reveal(span.start)?.setAttribute("tabindex", "-1");
}

function viewSwitch() {
  const count = shown.pages?.length ?? 0;
  const isPdf = /\.pdf$/i.test(about.source ?? "");
  $("views").hidden = !(count && isPdf);
  for (const tab of $("views").querySelectorAll("button"))
    tab.addEventListener("click", () => showView(tab.dataset.view));
}

function showView(name) {
  const count = shown.pages?.length ?? 0;
  for (const tab of $("views").querySelectorAll("button"))
    tab.setAttribute("aria-pressed", String(tab.dataset.view === name));
  view.hidden = name !== "text";
  pages.hidden = name !== "pages";
  if (name === "pages") pages.show({ id, revision: shown.revision, count, span: spanOf(location.hash) });
}

addEventListener("hashchange", () => shown && goTo());
open();
