// The box one types into: ask or search, the filters in force, send and stop.

import { button, fill, h, icon, refill } from "./dom.js";
import { t } from "./language.js";

const MODES = ["hybrid", "lexical", "dense"];
const LONGEST = 2000; // characters of a question

/** Fill `place` with the box; `on` has `ask(text)`, `search(text, mode)`, `stop()`, `mode(name)`, `turned()`, `filter()`. */
export function askPanel(place, on) {
  let mode = "ask";
  let isBusy = false;
  const input = h("textarea", {
    id: "question",
    rows: "1",
    autocomplete: "off",
    enterkeyhint: "send",
    "aria-describedby": "question-length",
  });
  const length = h("p", { id: "question-length", class: "facts length", role: "status", hidden: true });
  const send = h("button", { type: "submit", class: "send" });
  const ranker = h(
    "select",
    { "aria-label": t("search.mode") },
    MODES.map((name) => h("option", { value: name }, t(`mode.${name}`))),
  );
  const chosen = h("ul", { class: "tags", "aria-label": t("facet.chosen") });
  const tabs = ["ask", "search"].map((name) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        "data-mode": name,
        onclick: () => {
          setMode(name);
          on.turned();
          input.focus();
        },
      },
      icon(name),
      t(`tab.${name}`),
    ),
  );
  const form = h(
    "form",
    { class: "composer", role: "search" },
    h(
      "div",
      { class: "row tabs", role: "group", "aria-label": t("tab.label") },
      tabs,
      h("span", { class: "grow" }),
      ranker,
      button("filter", t("facet.open"), on.filter, { class: "quiet filter-button" }),
    ),
    chosen,
    h("div", { class: "box" }, h("label", { class: "visually-hidden", for: "question" }, t("ask.label")), input, send),
    length,
  );

  function setMode(name, text) {
    mode = name;
    if (text !== undefined) input.value = text;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.mode === name));
    input.placeholder = t(`${name}.placeholder`);
    ranker.hidden = name !== "search";
    grow();
    paintSend();
    on.mode(name);
  }

  function paintSend() {
    const stopping = isBusy && mode === "ask";
    fill(send, icon(stopping ? "stop" : mode === "ask" ? "send" : "search"));
    send.setAttribute("aria-label", stopping ? t("ask.stop") : t(`${mode}.send`));
  }

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
    measure();
  }

  /** Says how long the text is as it nears the limit, gives whether it is beyond; what is typed is never cut. */
  function measure() {
    const count = [...input.value.trim()].length; // as the service counts
    const over = count - LONGEST;
    length.hidden = over < -LONGEST / 10;
    length.textContent = over > 0 ? t("ask.tooLong", { n: count, over, most: LONGEST }) : `${count} / ${LONGEST}`;
    length.classList.toggle("over", over > 0);
    input.setAttribute("aria-invalid", String(over > 0));
    return over > 0;
  }

  function submit() {
    const text = input.value.trim();
    if (isBusy && mode === "ask") return on.stop();
    if (!text || measure()) return input.focus();
    if (mode === "search") return on.search(text, ranker.value);
    input.value = "";
    grow();
    return on.ask(text);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  ranker.addEventListener("change", () => input.value.trim() && submit());
  input.addEventListener("input", grow);
  input.addEventListener("keydown", (event) => {
    // Enter that ends an input method's composing is not a send
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!isBusy || mode === "search") submit(); // an answer in the making is stopped by its button only
    }
  });
  place.append(form);

  return {
    setMode,
    submit,
    focus: () => input.focus(),
    text: () => input.value.trim(),
    /** Whether an answer is being written: it can be stopped. */
    busy: (now) => {
      isBusy = now;
      paintSend();
    },
    tags: (tags) =>
      refill(
        chosen,
        tags.map(({ label, undo }) =>
          h("li", null, label, button("close", t("facet.remove", { name: label }), undo, { bare: true })),
        ),
        input,
      ),
  };
}
