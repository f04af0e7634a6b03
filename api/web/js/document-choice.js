// A box in which a document is chosen by its title: what is typed is searched for, titles are offered.

import { fill, h } from "./dom.js";
import { get, newestOnly, post } from "./net.js";

const WAIT = 250; // ms without a key before searching

/** An input named `doc_id` shown with `label`; `.id` is the chosen document's, or what was typed. */
export class DocumentChoice {
  #ids = new Map(); // title as offered → id
  #waiting = 0;
  #offering = newestOnly();

  constructor(label) {
    this.offers = h("datalist", { id: "offered-documents" });
    this.input = h("input", { name: "doc_id", list: this.offers.id, autocomplete: "off" });
    this.node = h("label", null, h("span", null, label), this.input, this.offers);
    this.input.addEventListener("input", () => {
      clearTimeout(this.#waiting);
      if (this.title && !this.#ids.has(this.title)) this.#waiting = setTimeout(() => this.#offer(), WAIT);
    });
  }

  get title() {
    return this.input.value.trim();
  }

  get id() {
    return this.#ids.get(this.title) ?? this.title;
  }

  /** Choose the document `id`; its title is asked for where it is not given. */
  async choose(id, title) {
    const named = title ?? (await this.#titleOf(id));
    if (named) this.#ids.set(named, id);
    this.input.value = named || id;
  }

  async #titleOf(id) {
    try {
      return (await get(`/api/documents/${encodeURIComponent(id)}`)).title;
    } catch {
      return ""; // removed since, or not for this key: its number will do
    }
  }

  async #offer() {
    const newest = this.#offering();
    try {
      const { hits } = await post("/api/search", { query: this.title, k: 20 });
      for (const { title, doc_id: id } of hits) this.#ids.set(title, id);
      if (!newest()) return;
      fill(
        this.offers,
        [...new Set(hits.map(({ title }) => title))].map((title) => h("option", { value: title })),
      );
    } catch {
      fill(this.offers); // a key for auditing alone may not search: a number can still be typed
    }
  }
}
