// <facet-panel>: 类别, 发文机关, 地区, 年份, 时效 and the day the rules are asked for.

import { button, fill, h } from "./dom.js";
import { t, word } from "./language.js";
import { get } from "./net.js";

const LISTS = ["kind", "status", "issuer", "region"];
const CODED = new Set(["kind", "status"]); // values with words of their own
const SHOWN = 6;
const PLACE = "facets"; // what is chosen, kept for this tab

export class FacetPanel extends HTMLElement {
  chosen = { kind: [], issuer: [], region: [], status: [] };
  from = "";
  to = "";
  asOf = "";
  counts = {};

  constructor() {
    super();
    this.#recall();
  }

  async connectedCallback() {
    const held = this.contains(document.activeElement);
    await this.#load();
    if (held && document.activeElement === document.body) this.querySelector("input, select, button")?.focus();
  }

  async #load() {
    fill(this, h("p", { class: "facts" }, t("loading")));
    try {
      this.counts = await get("/api/facets");
      this.render();
    } catch (problem) {
      fill(
        this,
        h("p", { class: "facts" }, problem.title),
        button("replay", t("retry"), () => this.connectedCallback()),
      );
    }
  }

  /** `{filters?, as_of?}` as `/api/ask` and `/api/search` take them. */
  get value() {
    const filters = Object.fromEntries(Object.entries(this.chosen).filter(([, values]) => values.length));
    if (this.from) filters.issued_from = `${this.from}-01-01`;
    if (this.to) filters.issued_to = `${this.to}-12-31`;
    return { ...(Object.keys(filters).length ? { filters } : {}), ...(this.asOf ? { as_of: this.asOf } : {}) };
  }

  /** What is chosen, in words, each with the way to undo it. */
  get tags() {
    const tags = LISTS.flatMap((name) =>
      this.chosen[name].map((value) => ({
        label: CODED.has(name) ? word(name, value) : value,
        undo: () => {
          this.chosen[name] = this.chosen[name].filter((each) => each !== value);
        },
      })),
    );
    if (this.from || this.to)
      tags.push({
        label: t("facet.years", { from: this.from || "…", to: this.to || "…" }),
        undo: () => {
          this.from = this.to = "";
        },
      });
    if (this.asOf)
      tags.push({
        label: t("facet.asOfTag", { date: this.asOf }),
        undo: () => {
          this.asOf = "";
        },
      });
    return tags.map(({ label, undo }) => ({
      label,
      undo: () => {
        undo();
        this.render();
        this.#tell();
      },
    }));
  }

  clear() {
    this.chosen = { kind: [], issuer: [], region: [], status: [] };
    this.from = this.to = this.asOf = "";
    this.render();
    this.#tell();
  }

  render() {
    fill(
      this,
      LISTS.map((name) => this.#list(name)),
      this.#years(),
      this.#day(),
    );
  }

  #list(name) {
    const values = this.counts[name] ?? [];
    if (!values.length) return null;
    const rows = values.map(({ value, count }, i) =>
      h(
        "label",
        { class: i >= SHOWN && !this.chosen[name].includes(value) ? "facet more" : "facet" },
        h("input", {
          type: "checkbox",
          name,
          value,
          checked: this.chosen[name].includes(value),
          onchange: (event) => this.#choose(name, value, event.target.checked),
        }),
        h("span", { class: "name" }, CODED.has(name) ? word(name, value) : value),
        h("span", { class: "count" }, count),
      ),
    );
    const group = h("fieldset", { class: "facet-group" }, h("legend", null, t(`facet.${name}`)), rows);
    if (rows.some((row) => row.classList.contains("more"))) {
      const more = h(
        "button",
        {
          type: "button",
          class: "link",
          "aria-expanded": "false",
          onclick: () => {
            const all = group.classList.toggle("all");
            more.setAttribute("aria-expanded", String(all));
            more.textContent = all ? t("facet.less") : t("facet.more", { n: values.length - SHOWN });
          },
        },
        t("facet.more", { n: values.length - SHOWN }),
      );
      group.append(more);
    }
    return group;
  }

  #choose(name, value, on) {
    this.chosen[name] = on ? [...this.chosen[name], value] : this.chosen[name].filter((each) => each !== value);
    this.#tell();
  }

  #years() {
    const years = (this.counts.year ?? [])
      .map(({ value, count }) => ({ value: String(value), count }))
      .filter(({ value }) => /^\d{4}$/.test(value))
      .sort((a, b) => b.value.localeCompare(a.value));
    if (!years.length) return null;
    const choose = (name, other) => (event) => {
      this[name] = event.target.value;
      if (this.from && this.to && this.from > this.to) this[other] = this[name]; // the other end goes along
      for (const each of this.querySelectorAll(".year select")) each.value = this[each.name];
      this.#tell();
    };
    const select = (name, other, label) =>
      h(
        "label",
        { class: "year" },
        h("span", null, label),
        h(
          "select",
          { name, onchange: choose(name, other) },
          h("option", { value: "" }, t("facet.any")),
          years.map(({ value, count }) =>
            h("option", { value, selected: this[name] === value }, t("facet.yearCount", { year: value, n: count })),
          ),
        ),
      );
    return h(
      "fieldset",
      { class: "facet-group" },
      h("legend", null, t("facet.year")),
      h("div", { class: "years" }, select("from", "to", t("facet.from")), select("to", "from", t("facet.to"))),
    );
  }

  #day() {
    return h(
      "fieldset",
      { class: "facet-group" },
      h("legend", null, t("facet.asOf")),
      h(
        "label",
        { class: "year" },
        h("span", { class: "facts" }, t("facet.asOfHint")),
        h("input", {
          type: "date",
          "aria-label": t("facet.asOf"),
          value: this.asOf,
          onchange: (event) => {
            this.asOf = event.target.value;
            this.#tell();
          },
        }),
      ),
    );
  }

  #recall() {
    let kept = {};
    try {
      kept = JSON.parse(sessionStorage.getItem(PLACE)) ?? {};
    } catch {
      return; // unreadable: someone else's
    }
    for (const name of LISTS) if (Array.isArray(kept.chosen?.[name])) this.chosen[name] = kept.chosen[name].map(String);
    for (const name of ["from", "to", "asOf"]) if (typeof kept[name] === "string") this[name] = kept[name];
  }

  #tell() {
    const { chosen, from, to, asOf } = this;
    sessionStorage.setItem(PLACE, JSON.stringify({ chosen, from, to, asOf }));
    this.dispatchEvent(new CustomEvent("facets", { bubbles: true }));
  }
}

customElements.define("facet-panel", FacetPanel);
