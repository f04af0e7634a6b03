// The first page: ask or search, read, check, keep.

import { answerCard } from "./answer-card.js";
import { askPanel } from "./composer.js";
import * as conversations from "./conversations.js";
import { button, fill, h, icon, refill } from "./dom.js";
import "./facets.js";
import { fillTexts, t } from "./language.js";
import { ask, get } from "./net.js";
import { problemCard, problemDialog, problemNotice } from "./problem.js";
import { searchView } from "./search-view.js";
import "./source-panel.js";
import "./top-bar.js";
import { emptyWelcome, showProgress, stopped, streaming, turnView, welcome } from "./turn.js";

const $ = (id) => document.getElementById(id);
const facets = document.querySelector("facet-panel");
const panel = document.querySelector("source-panel");
const thread = $("thread");
const results = $("results");
const side = $("side");

let all = conversations.load();
let current = conversations.begin();
let running = null; // the AbortController of the answer being written
let gone = null; // the conversation deleted last and its place in the list, until another is
let opener = null; // what the drawer was opened with
let suggested = [];
let isEmpty = false; // the library, as far as this reader may see
let hadTrouble = false; // the service could not answer when last asked

const open = (place, from) => panel.open(place, from);
const searching = searchView(results, {
  facets,
  open,
  say: (words) => {
    $("status").textContent = words;
  },
  begin: () => panel.close(),
});
const composer = askPanel($("composer"), {
  ask: askNow,
  search: (query, mode) => searching.find(query, mode),
  stop: () => running?.abort(),
  mode: showMode,
  turned: () => history.replaceState(history.state, "", address()),
  filter: () => openSide(true, "facet-panel :is(input, select, button)"),
});

function showMode(mode) {
  document.body.dataset.mode = mode;
  thread.hidden = mode !== "ask";
  results.hidden = mode !== "search";
  if (mode === "search" && !results.childElementCount) searching.empty();
}

/** Of what is shown: the results, or the newest answer of the conversation. */
function address() {
  if (document.body.dataset.mode === "search") return searching.address();
  const last = current.turns.at(-1);
  return last ? `#answer=${encodeURIComponent(last.answer.id)}` : location.pathname + location.search;
}

// ---- asking

/** Ask; `failed` is the turn that is asked again. */
async function askNow(question, failed = null) {
  const held = thread.contains(document.activeElement); // what was pressed goes
  failed?.remove();
  running?.abort();
  const control = (running = new AbortController());
  const conversation = current;
  for (const each of [...thread.children]) if (!each.matches(".turn")) each.remove(); // the welcome
  const place = h("div", { class: "turn-answer" });
  const turn = turnView(question, place);
  thread.append(turn);
  $("status").textContent = t("answer.looking");
  showProgress(place);
  turn.scrollIntoView({ block: "start" });
  if (held) turn.focus({ preventScroll: true });
  const settled = scrollY;
  composer.busy(true);
  try {
    const body = { question, history: conversations.history(conversation), ...facets.value };
    const answer = await ask(body, streaming(place), control.signal);
    fill(place, answerCard(answer, open, widen));
    if (Math.abs(scrollY - settled) < 40) turn.scrollIntoView({ block: "start" }); // unless the reader has moved
    const into = conversations.isForgotten(conversation.id) ? anew(turn) : conversation;
    into.turns.push({ question, answer: conversations.compact(answer) });
    keep(into);
    history.replaceState(history.state, "", address());
    $("status").textContent =
      answer.basis === "grounded" ? t("answer.ready", { n: answer.citations.length }) : answer.text;
  } catch (problem) {
    fill(
      place,
      problem.name === "AbortError"
        ? stopped(() => askNow(question, turn))
        : problemCard(problem, () => askNow(question, turn)),
    );
  } finally {
    if (running === control) {
      running = null;
      composer.busy(false);
    }
  }
}

/** The same question of the whole library, as it stands today. */
function widen(question) {
  facets.clear();
  askNow(question);
}

// ---- conversations

/** Of a conversation that another tab has deleted nothing comes back: the turn begins one of its own. */
function anew(turn) {
  fill(thread, turn);
  return (current = conversations.begin());
}

function keep(conversation) {
  const stored = conversations.load(); // another tab may have added some
  all = [conversations.merged(conversation, stored), ...stored.filter(({ id }) => id !== conversation.id)];
  conversations.save(all);
  listConversations();
}

function listConversations() {
  const rows = all.map(conversationRow);
  if (gone) rows.splice(gone.at, 0, undoRow(gone));
  refill($("conversations"), rows.length ? rows : h("li", { class: "facts" }, t("conversation.none")));
}

function conversationRow(each) {
  const title = each.turns[0]?.question ?? "";
  const choose = () => {
    show(each, true);
    openSide(false);
  };
  return h(
    "li",
    null,
    h(
      "button",
      {
        type: "button",
        class: "conversation",
        "data-id": each.id,
        "aria-current": each.id === current.id ? "true" : null,
        onclick: choose,
      },
      title || t("conversation.new"),
    ),
    button("trash", t("conversation.delete", { title }), () => forget(each), { bare: true }),
  );
}

function undoRow({ conversation }) {
  const title = conversation.turns[0]?.question ?? "";
  return h(
    "li",
    { class: "deleted" },
    h("span", { class: "facts grow", role: "status" }, t("conversation.deleted")),
    h(
      "button",
      { type: "button", class: "link", "aria-label": t("conversation.undoOf", { title }), onclick: recall },
      t("conversation.undo"),
    ),
  );
}

/** Show a conversation; where the reader chose it (`chosen`), Back leads to the one before. */
function show(conversation, chosen = false) {
  running?.abort();
  current = conversation;
  composer.setMode("ask");
  panel.close();
  if (!conversation.turns.length) fill(thread, beginning());
  else
    fill(
      thread,
      conversation.turns.map(({ question, answer }) =>
        turnView(question, h("div", { class: "turn-answer" }, answerCard(answer, open, widen))),
      ),
    );
  const there = address();
  const isNew = new URL(there, location.href).href !== location.href;
  history[chosen && isNew ? "pushState" : "replaceState"](null, "", there);
  if (conversation.turns.length) thread.lastElementChild.scrollIntoView({ block: "start" });
  else scrollTo({ top: 0 });
  listConversations();
}

function forget(conversation) {
  gone = { conversation, at: Math.max(0, all.findIndex(({ id }) => id === conversation.id)) };
  all = conversations.forget(conversation.id);
  if (conversation.id === current.id) show(conversations.begin());
  else listConversations();
  $("conversations").querySelector(".deleted button").focus();
}

function recall() {
  const { conversation, at } = gone;
  gone = null;
  all = conversations.recall(conversation, at);
  if (!current.turns.length && !running) show(conversation);
  else listConversations();
  $("conversations").querySelector(`[data-id="${conversation.id}"]`).focus();
}

async function openAnswer(id) {
  const known = all.find(({ turns }) => turns.some((turn) => turn.answer?.id === id));
  if (known) return show(known);
  fill(thread, h("div", { class: "skeleton" }), h("div", { class: "skeleton short" }));
  try {
    const answer = await get(`/api/answers/${encodeURIComponent(id)}`);
    current = { ...conversations.begin(), turns: [{ question: answer.question ?? t("audit.masked"), answer }] };
    show(current);
  } catch (problem) {
    fill(
      thread,
      problemCard(problem, () => openAnswer(id)),
    );
  }
}

// ---- the page

/** The drawer of a narrow page: the focus goes to `first` in it, and back to what opened it. */
function openSide(wanted, first = "button") {
  const left = !wanted && side.classList.contains("open") && side.contains(document.activeElement);
  if (wanted) opener = document.activeElement;
  if (matchMedia("(max-width: 859px)").matches) side.classList.toggle("open", wanted);
  $("main").inert = side.classList.contains("open"); // behind the drawer
  if (wanted) side.querySelector(first)?.focus();
  else if (left) opener?.focus();
}

addEventListener("facets", () => {
  composer.tags(facets.tags);
  if (document.body.dataset.mode === "search" && composer.text()) composer.submit();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side.classList.contains("open")) openSide(false);
  if (event.key === "/" && !event.target.closest?.("input, textarea, select, [contenteditable]")) {
    event.preventDefault();
    composer.focus();
  }
});
addEventListener("hashchange", route);
addEventListener("storage", () => {
  all = conversations.load();
  if (!running && conversations.isForgotten(current.id)) show(conversations.begin());
  else listConversations();
});
addEventListener("reviewed", ({ detail: { id, verdict } }) => {
  all = conversations.load();
  for (const { turns } of [current, ...all])
    for (const { answer } of turns) if (answer?.id === id) answer.verdict = verdict;
  conversations.save(all);
});
addEventListener("pointerdown", (event) => {
  if (side.classList.contains("open") && !side.contains(event.target)) openSide(false);
});

const beginning = () => (isEmpty ? emptyWelcome(addFiles) : welcome(suggested, askNow));

async function addFiles() {
  try {
    const { uploadDialog } = await import("./upload.js");
    uploadDialog(() => {
      facets.connectedCallback();
      suggest();
    });
  } catch {
    problemDialog({ title: t("error.network"), detail: t("error.networkDetail") });
  }
}

/** First questions for an empty conversation; while the service is loading, that is said instead. */
async function suggest() {
  let notice = null;
  let wait = 0; // ms until the service is asked again
  try {
    suggested = (await get("/api/suggestions")).suggestions ?? [];
    isEmpty = !suggested.length && (await get("/api/documents?limit=1")).total === 0;
  } catch (problem) {
    if (problem.status && problem.status !== 503) return; // a courtesy: without them the page still asks
    notice = problemNotice(problem);
    wait = 3000;
  }
  if (!current.turns.length && !running && thread.querySelector(".welcome")) {
    const view = beginning();
    if (notice) view.append(notice);
    fill(thread, view);
  }
  if (wait) setTimeout(suggest, wait);
  else if (hadTrouble) facets.connectedCallback();
  hadTrouble = wait > 0;
}

function route() {
  openSide(false);
  const [name, value] = location.hash.slice(1).split(/=(.*)/s);
  let words = "";
  try {
    words = decodeURIComponent(value ?? "");
  } catch {
    return show(conversations.begin());
  }
  if (name === "answer" && words) return openAnswer(words);
  if (name === "search") {
    if (!thread.childElementCount) fill(thread, beginning()); // behind the results
    composer.setMode("search", words);
    return words ? composer.submit() : null;
  }
  if (name === "ask" && words) {
    show(conversations.begin());
    return askNow(words);
  }
  return show(conversations.begin());
}

fillTexts();
fill($("upload"), icon("upload"), h("span", { class: "wide-only" }, t("upload.button")));
fill($("menu"), icon("menu"));
$("new").addEventListener("click", () => {
  show(conversations.begin(), true);
  openSide(false);
  composer.focus();
});
$("side-close").addEventListener("click", () => openSide(false));
$("menu").addEventListener("click", () => openSide(true));
$("upload").addEventListener("click", addFiles);
composer.tags(facets.tags); // kept over a reload
listConversations();
route();
suggest();
