// Which language the page speaks, and its words. All words live in texts.js.

import { texts } from "../texts.js";

const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("lang");
export const language = Object.hasOwn(texts, asked) ? asked : "zh";
document.documentElement.lang = language === "zh" ? "zh-CN" : language;

/** The words for `key` with `{name}` replaced; an unknown key shows itself, so that it is seen. */
export function t(key, values = {}) {
  const words = texts[language][key] ?? texts.zh[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The words of a code such as `status.in_force`; a code we don't know is shown as it came. */
export function word(group, code) {
  if (code === null || code === undefined || code === "") return t("unknown");
  return texts[language][`${group}.${code}`] ?? texts.zh[`${group}.${code}`] ?? String(code);
}

export function setLanguage(name) {
  localStorage.setItem("lang", name);
  const there = new URL(location.href);
  there.searchParams.delete("lang");
  if (there.href === location.href) location.reload();
  else location.replace(there);
}

/** Fill `data-t` (text), `data-t-label` (aria-label) and `data-t-placeholder` below `root`. */
export function fillTexts(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
}

/** An ISO time as the reader's own date and time. */
export function moment(iso) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso ?? "";
  return time.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}
