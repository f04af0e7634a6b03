// Citation chips `[n]` and the one card that shows what a chip stands for.

import { button, fill, h } from "./dom.js";
import { t } from "./language.js";
import { factsOf, placeOf, statusBadge } from "./reference.js";

let card = null; // one card serves every chip of the page
let showing = null; // the chip it belongs to
let leaving = 0;

function theCard() {
  if (card) return card;
  card = h("div", {
    class: "citation-card",
    popover: "manual",
    id: "citation-card",
    role: "group",
    "aria-label": t("citation.label"),
  });
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", leave);
  card.addEventListener("focusout", (event) => {
    if (!card.contains(event.relatedTarget) && event.relatedTarget !== showing) hide();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && showing) {
      showing.focus();
      hide();
    }
  });
  addEventListener("pointerdown", (event) => {
    if (!card.contains(event.target) && !event.target.closest?.(".chip")) hide();
  });
  addEventListener(
    "scroll",
    (event) => {
      if (!card.contains(event.target)) hide();
    },
    true,
  );
  document.body.append(card);
  return card;
}

function hide() {
  clearTimeout(leaving);
  showing?.setAttribute("aria-expanded", "false");
  showing = null;
  if (card?.matches(":popover-open")) card.hidePopover();
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hide, 250);
}

function show(chip, citation, open) {
  clearTimeout(leaving);
  if (showing === chip) return;
  hide();
  const view = theCard();
  fill(
    view,
    h("blockquote", null, citation.quote),
    h("p", { class: "row" }, h("strong", null, citation.title), statusBadge(citation)),
    factsOf(citation) ? h("p", { class: "facts" }, factsOf(citation)) : null,
    placeOf(citation) ? h("p", { class: "path" }, placeOf(citation)) : null,
    button(
      "doc",
      t("citation.open"),
      () => {
        hide();
        open(citation, chip);
      },
      { class: "primary small" },
    ),
  );
  view.showPopover();
  place(view, chip.getBoundingClientRect());
  chip.setAttribute("aria-expanded", "true");
  showing = chip;
}

/** Below the chip where there is room, else above; never outside the window. */
function place(view, chip) {
  const { width, height } = view.getBoundingClientRect();
  const left = Math.min(Math.max(8, chip.left - 24), innerWidth - width - 8);
  const below = chip.bottom + 6;
  const top = below + height < innerHeight ? below : Math.max(8, chip.top - height - 6);
  view.style.left = `${left}px`;
  view.style.top = `${top}px`;
}

/** A chip: hover or focus shows the card, a click opens the source, a tap shows the card first. */
export function chip(citation, open) {
  const node = h(
    "button",
    {
      type: "button",
      class: "chip",
      "data-n": citation.n,
      "aria-expanded": "false",
      "aria-details": "citation-card",
      "aria-label": t("citation.chip", { n: citation.n, title: citation.title }),
    },
    citation.n,
  );
  let touched = false;
  node.addEventListener("pointerdown", (event) => {
    touched = event.pointerType !== "mouse";
  });
  node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(node, citation, open));
  node.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
  node.addEventListener("focus", () => node.matches(":focus-visible") && show(node, citation, open));
  node.addEventListener("blur", (event) => {
    if (!card?.contains(event.relatedTarget)) leave();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && showing === node) {
      event.preventDefault();
      card.querySelector("button").focus();
    }
  });
  node.addEventListener("click", () => {
    if (touched && showing !== node) show(node, citation, open);
    else {
      hide();
      open(citation, node);
    }
    touched = false;
  });
  return node;
}
