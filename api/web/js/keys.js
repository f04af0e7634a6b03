// The dialog that asks for an access key when the service wants one; kept for this session only.

import { h } from "./dom.js";
import { t } from "./language.js";
import { key, onKeyWanted } from "./net.js";

let waiting = null; // one dialog, however many calls were refused at once

/** Ask now; true when the reader gave a key. */
export function askForKey() {
  waiting ??= new Promise((resolve) => {
    const input = h("input", {
      type: "password",
      name: "key",
      autocomplete: "off",
      required: true,
      value: key.get(),
      "aria-describedby": "key-help",
    });
    const form = h(
      "form",
      { method: "dialog", class: "key-form" },
      h("h2", null, t("key.title")),
      h("p", { id: "key-help", class: "facts" }, key.get() ? t("key.refused") : t("key.help")),
      h("label", null, h("span", null, t("key.label")), input),
      h(
        "div",
        { class: "row end" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("cancel")),
        h("button", { class: "primary", value: "ok" }, t("key.use")),
      ),
    );
    const dialog = h("dialog", { class: "small-dialog", "aria-label": t("key.title") }, form);
    dialog.addEventListener("close", () => {
      const given = dialog.returnValue === "ok" && input.value.trim() !== "";
      if (given) key.set(input.value.trim());
      dialog.remove();
      waiting = null;
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return waiting;
}

onKeyWanted(askForKey);
