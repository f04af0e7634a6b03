// One turn of a conversation while it is being answered, and what stands there before the first.

import { button, fill, h } from "./dom.js";
import { t } from "./language.js";
import { retryButton } from "./problem.js";

export function turnView(question, answer) {
  return h("section", { class: "turn", tabindex: "-1" }, h("h2", { class: "question" }, question), answer);
}

export function showProgress(place) {
  fill(
    place,
    h(
      "div",
      { class: "answer pending" },
      h(
        "p",
        { class: "looking" },
        h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
        h("span", { class: "looking-words" }, t("answer.looking")),
      ),
      h("div", { class: "streamed", role: "log", "aria-label": t("answer.streaming") }),
      h("div", { class: "skeleton" }),
      h("div", { class: "skeleton short" }),
    ),
  );
}

/** Claims appear as they pass the gate; the whole answer replaces them at the end. */
export function streaming(place) {
  return {
    hits: (hits) => {
      place.querySelector(".looking-words").textContent = t("answer.found", { n: hits.length });
    },
    claim: (claim) => {
      place.querySelectorAll(".skeleton").forEach((bone) => bone.remove());
      place.querySelector(".streamed").append(h("p", null, claim.text));
    },
  };
}

/** What stands where an answer was stopped. */
export function stopped(askAgain) {
  return h(
    "div",
    { class: "answer stopped row" },
    h("p", { class: "facts" }, t("answer.stopped")),
    retryButton(askAgain, t("answer.askAgain")),
  );
}

/** What stands in an empty conversation of an empty library. */
export function emptyWelcome(addFiles) {
  return h(
    "div",
    { class: "welcome" },
    h("h1", null, t("welcome.empty")),
    h("p", { class: "lead" }, t("welcome.emptyLead")),
    button("upload", t("upload.button"), addFiles, { class: "primary" }),
  );
}

/** What stands in an empty conversation: what this is, and questions to begin with. */
export function welcome(suggested, askNow) {
  return h(
    "div",
    { class: "welcome" },
    h("h1", null, t("welcome.title")),
    h("p", { class: "lead" }, t("welcome.lead")),
    suggested.length
      ? h(
          "section",
          { "aria-label": t("welcome.try") },
          h("p", { class: "facts" }, t("welcome.try")),
          h(
            "ul",
            { class: "suggestions" },
            suggested
              .slice(0, 6)
              .map((question) =>
                h(
                  "li",
                  null,
                  h("button", { type: "button", class: "suggestion", onclick: () => askNow(question) }, question),
                ),
              ),
          ),
        )
      : null,
  );
}
