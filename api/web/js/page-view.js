// <page-view>: the original's page with boxes round the cited lines.

import { button, fill, h } from "./dom.js";
import { t } from "./language.js";
import { get, query, request } from "./net.js";

export class PageView extends HTMLElement {
  /** Show page `n` (from 1) of `count`; `span` in code points is boxed where it stands. */
  async show({ id, revision, count, n = 1, span = null }) {
    Object.assign(this, { at: { id, revision, count, span } });
    this.boxes = span ? await this.#boxesOf(span) : [];
    await this.turn(this.boxes[0]?.page ?? n);
  }

  async turn(n) {
    const { id, revision, count } = this.at;
    this.n = n;
    const large = () => this.classList.contains("large");
    const sheet = h("div", { class: "sheet", "aria-busy": "true" }, h("div", { class: "skeleton" }));
    const step = (name, label, to) =>
      button(name, label, () => this.turn(to), { bare: true, disabled: to < 1 || to > count });
    fill(
      this,
      h(
        "div",
        { class: "row pager" },
        step("back", t("page.previous"), n - 1),
        h("span", { role: "status" }, t("page.of", { n, count })),
        step("next", t("page.next"), n + 1),
        button(
          "search",
          t("page.enlarge"),
          ({ currentTarget }) => {
            this.classList.toggle("large");
            currentTarget.setAttribute("aria-pressed", String(large()));
            this.#toBox();
          },
          { "aria-pressed": String(large()) },
        ),
      ),
      h("div", { class: "page-frame", tabindex: "0", role: "region", "aria-label": t("page.n", { n }) }, sheet),
    );
    try {
      const picture = await request(`/api/documents/${encodeURIComponent(id)}/pages/${n}.png${query({ revision })}`);
      const bitmap = await createImageBitmap(await picture.blob()); // a canvas needs no blob: in the CSP
      if (this.n !== n) return;
      const canvas = h("canvas", {
        width: bitmap.width,
        height: bitmap.height,
        role: "img",
        "aria-label": t("page.n", { n }),
      });
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      fill(sheet, canvas, this.boxes.filter((box) => box.page === n).map(boxed));
      this.#toBox();
    } catch (problem) {
      fill(
        sheet,
        h("p", { class: "notice bad", role: "alert" }, `${problem.title ?? t("error.title")} ${problem.detail ?? ""}`),
      );
    }
    sheet.removeAttribute("aria-busy");
  }

  #toBox() {
    this.querySelector(".cited-box")?.scrollIntoView({ block: "center", inline: "center" });
  }

  async #boxesOf({ start, end }) {
    const { id, revision } = this.at;
    try {
      return (
        (await get(`/api/documents/${encodeURIComponent(id)}/boxes${query({ start, end, revision })}`)).boxes ?? []
      );
    } catch {
      return []; // no layout kept for this revision: the page is still worth showing
    }
  }
}

/** Page points, origin top left, as shares of the page: right at every zoom. */
function boxed({ x0, y0, x1, y1, width, height }) {
  const node = h("div", { class: "cited-box" });
  const share = (value, whole) => `${(100 * value) / whole}%`;
  Object.assign(node.style, {
    left: share(x0, width),
    top: share(y0, height),
    width: share(x1 - x0, width),
    height: share(y1 - y0, height),
  });
  return node;
}

customElements.define("page-view", PageView);
