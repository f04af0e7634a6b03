// <source-panel>: the cited document beside the answer, open at the cited words.

import { button, fill, h, icon } from "./dom.js";
import "./document-text.js";
import { t } from "./language.js";
import { problemNotice } from "./problem.js";
import { factsOf, placeOf, readerUrl } from "./reference.js";
import { load, standingBadge, standingNotice } from "./standing.js";

const NARROW = matchMedia("(max-width: 1099px)");

export class SourcePanel extends HTMLElement {
  #entry = false; // whether the dialog has a place in the history: over the whole page, Back closes it

  connectedCallback() {
    this.dialog = h("dialog", { class: "source", "aria-label": t("source.label") });
    this.dialog.addEventListener("close", () => this.#closed());
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape over the whole page: closed as the button closes it
      this.close();
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#covers) this.close();
    });
    this.append(this.dialog);
    NARROW.addEventListener("change", () => this.close());
    addEventListener("popstate", () => {
      this.#entry = false;
      if (this.#covers) this.dialog.close();
    });
  }

  get #covers() {
    return this.dialog.matches(":modal");
  }

  /** Over the whole page its step in the history goes first, so that Back never meets one without a source. */
  close() {
    if (!this.#covers) return this.dialog.close();
    if (!this.#entry) return; // on its way
    this.#entry = false;
    history.back();
  }

  /** Show `place` (a citation or hit) of its revision; focus goes back to `from` when it closes. */
  async open(place, from = document.activeElement) {
    this.from = from;
    const standing = h("span");
    const body = h("div", { class: "source-body", tabindex: "0" });
    fill(this.dialog, this.#head(place, standing), body);
    const settled = scrollY;
    if (!this.dialog.open) NARROW.matches ? this.#cover() : this.dialog.show();
    document.body.classList.toggle("with-source", true);
    scrollTo({ top: settled, behavior: "instant" }); // the dialog takes the focus, not the reader's place
    await this.#show(place, standing, body);
  }

  /** The text, and how the document stands now: an answer knows only how it stood. */
  async #show(place, standing, body) {
    fill(body, skeleton());
    body.setAttribute("aria-busy", "true");
    try {
      const [about, text] = await load(place.doc_id, place.revision);
      const view = document.createElement("document-text");
      fill(standing, standingBadge(about));
      fill(body, standingNotice(about, text, newest(place)), view);
      view.show(text);
      view.mark([{ start: place.start, end: place.end, kind: "cited" }]);
      view.reveal(place.start, body);
    } catch (problem) {
      fill(body, problem.status === 404 ? missing() : problemNotice(problem, () => this.#show(place, standing, body)));
    }
    body.removeAttribute("aria-busy");
  }

  #cover() {
    this.dialog.showModal();
    history.pushState(null, "", location.href);
    this.#entry = true;
  }

  #head(place, standing) {
    return h(
      "header",
      { class: "source-head" },
      h(
        "div",
        { class: "row" },
        place.n ? h("span", { class: "chip still" }, place.n) : null,
        standing,
        h(
          "a",
          { class: "quiet", href: readerUrl(place), target: "_blank", rel: "noopener" },
          icon("open"),
          t("source.reader"),
        ),
        button("close", t("close"), () => this.close(), { bare: true }),
      ),
      h("h2", null, place.title),
      h("p", { class: "facts" }, factsOf(place)),
      placeOf(place) ? h("p", { class: "path" }, placeOf(place)) : null,
    );
  }

  #closed() {
    document.body.classList.toggle("with-source", false);
    this.from?.focus?.();
    if (!this.#entry) return; // unless the browser closed it by itself
    this.#entry = false;
    history.back();
  }
}

/** Leads to the newest revision, which may not hold the cited words. */
function newest({ doc_id: id }) {
  const address = `/documents/${encodeURIComponent(id)}`;
  return h("a", { href: address, target: "_blank", rel: "noopener" }, t("reader.newest"));
}

function missing() {
  return problemNotice({ title: t("reader.missing"), detail: t("reader.missingDetail") });
}

function skeleton() {
  return Array.from({ length: 6 }, () => h("div", { class: "skeleton" }));
}

customElements.define("source-panel", SourcePanel);
