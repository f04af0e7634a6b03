// 有用 / 有误: a verdict with a note, into the ledger.

import { button, fill, h } from "./dom.js";
import { t } from "./language.js";
import { post } from "./net.js";
import { sayDone, sayProblem } from "./problem.js";

export async function review(id, verdict, note = "") {
  return post(`/api/answers/${encodeURIComponent(id)}/review`, { verdict, note });
}

/** The two buttons, showing what was said before; the form for what is wrong opens in `place`, thanks go to `said`. */
export function feedback(answer, place, said) {
  const clear = () => {
    const held = place.contains(document.activeElement);
    fill(place);
    if (held) bad.focus();
  };
  const good = button("good", t("feedback.good"), () => send("correct", ""));
  const bad = button(
    "bad",
    t("feedback.bad"),
    () =>
      fill(
        place,
        form(send, clear),
      ),
  );

  function paint(verdict) {
    good.setAttribute("aria-pressed", String(verdict === "correct"));
    bad.setAttribute("aria-pressed", String(Boolean(verdict) && verdict !== "correct"));
  }

  async function send(verdict, note) {
    try {
      await review(answer.id, verdict, note);
      paint(verdict);
      place.dispatchEvent(new CustomEvent("reviewed", { detail: { id: answer.id, verdict }, bubbles: true }));
      clear();
      sayDone(said, t("feedback.thanks"));
    } catch (problem) {
      sayProblem(said, problem);
    }
  }
  paint(answer.verdict);
  return [good, bad];
}

function form(send, cancel) {
  const note = h("textarea", {
    name: "note",
    rows: "3",
    maxlength: "2000",
    placeholder: t("feedback.placeholder"),
    "aria-label": t("feedback.note"),
  });
  const choice = (value, checked) =>
    h("label", null, h("input", { type: "radio", name: "verdict", value, checked }), t(`verdict.${value}`));
  const view = h(
    "form",
    { class: "feedback" },
    h("fieldset", null, h("legend", null, t("feedback.what")), choice("wrong", true), choice("incomplete", false)),
    note,
    h(
      "div",
      { class: "row" },
      h("button", { class: "primary small" }, t("feedback.send")),
      h("button", { type: "button", class: "quiet", onclick: cancel }, t("cancel")),
    ),
  );
  view.addEventListener("submit", (event) => {
    event.preventDefault();
    send(new FormData(view).get("verdict"), note.value.trim());
  });
  requestAnimationFrame(() => {
    view.scrollIntoView({ block: "center" });
    note.focus({ preventScroll: true });
  });
  return view;
}
