// What went wrong, in the service's own words, with the way to try again.

import { button, h, handOver, icon } from "./dom.js";
import { t } from "./language.js";

export function inWords(problem) {
  return [problem.title ?? t("error.title"), problem.detail].filter(Boolean).join(" ");
}

/** Say in `said` what was done. */
export function sayDone(said, words) {
  said.classList.remove("bad");
  said.textContent = words;
}

/** Say in `said` what went wrong. */
export function sayProblem(said, problem) {
  said.classList.add("bad");
  said.textContent = inWords(problem);
}

/** The button goes with what it tells of; whoever pressed it with a key stays near. */
export function retryButton(retry, words = t("retry")) {
  return button("replay", words, ({ currentTarget }) => {
    handOver(currentTarget);
    retry();
  });
}

/** A notice inside a page's part. */
export function problemNotice(problem, retry = null) {
  return h(
    "div",
    { class: "notice bad", role: "alert" },
    icon("warn"),
    h(
      "div",
      null,
      h("strong", null, problem.title ?? t("error.title")),
      " ",
      problem.detail ?? "",
      retry ? retryButton(retry) : null,
    ),
  );
}

/** Over the page, where what was pressed has no place of its own. */
export function problemDialog(problem) {
  const dialog = h(
    "dialog",
    { class: "small-dialog", "aria-label": problem.title },
    problemNotice(problem),
    h("div", { class: "row end" }, button("close", t("close"), () => dialog.close())),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** A card in the place of an answer. */
export function problemCard(problem, retry) {
  return h(
    "div",
    { class: "answer error", role: "alert" },
    icon("warn"),
    h(
      "div",
      null,
      h("p", null, h("strong", null, problem.title ?? t("error.title"))),
      problem.detail ? h("p", { class: "facts" }, problem.detail) : null,
      retryButton(retry),
    ),
  );
}
