// <top-bar>: the product's name, its pages, language and theme; the same on every page.

import { button, fill, h, svg } from "./dom.js";
import { language, setLanguage, t } from "./language.js";
import "./keys.js";

const THEMES = ["auto", "light", "dark"];
const PAGES = [
  ["/", "nav.ask"],
  ["/audit", "nav.audit"],
];

export class TopBar extends HTMLElement {
  connectedCallback() {
    const slot = [...this.childNodes]; // what this page adds of its own
    fill(
      this,
      h("a", { class: "brand", href: "/", "aria-label": t("brand") }, mark(), h("span", null, t("brand"))),
      h(
        "nav",
        { "aria-label": t("nav.label") },
        PAGES.map(([path, key]) =>
          h("a", { href: path, "aria-current": location.pathname === path ? "page" : null }, t(key)),
        ),
      ),
      h(
        "div",
        { class: "tools" },
        slot,
        this.#theme(),
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-label": t("language.other"),
            lang: language === "zh" ? "en" : "zh-CN",
            onclick: () => setLanguage(language === "zh" ? "en" : "zh"),
          },
          h("span", { class: "wide-only" }, t("language.other")),
          h("span", { class: "narrow-only", "aria-hidden": "true" }, t("language.short")),
        ),
      ),
    );
  }

  #theme() {
    const now = () => document.documentElement.dataset.theme ?? "auto";
    const control = button(
      "theme",
      t(`theme.${now()}`),
      () => {
        const next = THEMES[(THEMES.indexOf(now()) + 1) % THEMES.length];
        if (next === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = next;
        localStorage.setItem("theme", next);
        for (const name of ["aria-label", "title"]) control.setAttribute(name, t(`theme.${next}`));
      },
      { bare: true },
    );
    control.classList.add("theme");
    return control;
  }
}

/** A page whose words stand on a ground line: a cited text. */
function mark() {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true" },
    svg("rect", { class: "mark-ground", x: 2, y: 2, width: 28, height: 28, rx: 7 }),
    svg("path", { class: "mark-lines", d: "M9 10h14M9 15h14" }),
    svg("path", { class: "mark-cited", d: "M9 22h9" }),
  );
}

customElements.define("top-bar", TopBar);
