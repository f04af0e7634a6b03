// Builds elements without ever parsing markup: every string becomes a text node.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate"]);

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(node.dataset, value);
  else if (PROPERTIES.has(name)) node[name] = value;
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** An element with attributes, listeners (`onclick`) and children; null children are skipped. */
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  return add(node, children);
}

export function svg(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props ?? {})) set(node, name, value);
  return add(node, children);
}

function add(node, children) {
  const wanted = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...wanted.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}

/** Replace what `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

const controlsOf = (place) => [...place.querySelectorAll("button, a[href], input, select, textarea")];
const nameOf = (node) => node.getAttribute("aria-label") ?? node.textContent;

/** `fill`, with the focus kept on the control of the same name, else of the same place, else on `otherwise`. */
export function refill(place, children, otherwise = null) {
  const at = controlsOf(place).indexOf(document.activeElement);
  const name = at < 0 ? "" : nameOf(document.activeElement);
  fill(place, children);
  if (at < 0) return;
  const left = controlsOf(place);
  const next = left.find((each) => nameOf(each) === name) ?? left[Math.min(at, left.length - 1)] ?? otherwise;
  next?.focus({ preventScroll: true });
}

/** Before `node` goes away: its focus waits in the nearest place that can hold it. */
export function handOver(node) {
  if (node.contains(document.activeElement)) node.parentElement.closest("[tabindex]")?.focus({ preventScroll: true });
}

const ICONS = {
  ask: "M4 5h16v11H9l-5 4z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  send: "M12 20V5M5 12l7-7 7 7",
  stop: "M7 7h10v10H7z",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 6h16M4 12h16M4 18h16",
  filter: "M4 6h16M7 12h10M10 18h4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9l5-5 5 5M5 20h14",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  good: "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 3 3l-1 4h6l-2 10H7",
  bad: "M17 13V4h3v9zM17 13l-4 8c-2 0-3-1-3-3l1-4H5L7 4h10",
  warn: "M12 4l9 16H3zM12 10v4M12 17v.5",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.5",
  none: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.6 5.6l12.8 12.8",
  doc: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  open: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  check: "M5 12l5 5 9-10",
  replay: "M4 12a8 8 0 1 1 3 6M4 20v-5h5",
  theme: "M12 4v16a8 8 0 0 0 0-16zM12 4a8 8 0 0 0 0 16",
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
};

/** A line icon, hidden from assistive technology: the control that holds it has the words. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));
}

/** A button with an icon; `label` is read aloud and, unless `bare`, shown. */
export function button(name, label, onclick, { bare = false, ...props } = {}) {
  return h(
    "button",
    {
      type: "button",
      class: bare ? "icon-button" : "quiet",
      onclick,
      ...(bare ? { "aria-label": label, title: label } : {}),
      ...props,
    },
    icon(name),
    bare ? null : label,
  );
}
