// Adding documents: several files, each with its progress and its own result in words.

import { button, fill, h, icon } from "./dom.js";
import { t, word } from "./language.js";
import { upload } from "./net.js";

const TYPES = ".pdf,.ofd,.docx,.doc,.wps,.xlsx,.csv,.html,.htm,.md,.txt,.mhtml,.mht,.eml,.zip,.jsonl";
const GOOD = new Set(["added", "updated", "unchanged"]);

export function uploadDialog(onDone) {
  const list = h("ul", { class: "uploads", "aria-live": "polite" });
  const input = h("input", {
    type: "file",
    multiple: true,
    accept: TYPES,
    class: "visually-hidden",
    id: "upload-files",
    onchange: () => send([...input.files]),
  });
  const zone = h(
    "label",
    { class: "drop", for: "upload-files" },
    icon("upload"),
    h("strong", null, t("upload.drop")),
    h("span", { class: "facts" }, t("upload.types")),
  );
  const dialog = h(
    "dialog",
    { class: "small-dialog upload-dialog", "aria-label": t("upload.title") },
    h(
      "header",
      { class: "row" },
      h("h2", null, t("upload.title")),
      button("close", t("close"), () => dialog.close(), { bare: true }),
    ),
    input,
    zone,
    list,
  );
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    send([...event.dataTransfer.files]);
  });
  dialog.addEventListener("close", () => dialog.remove());

  async function send(files) {
    const rows = files.map((file) => {
      const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
      const row = h("li", null, h("span", { class: "file" }, file.name), bar);
      list.append(row);
      return { file, row, bar };
    });
    input.value = "";
    for (const each of rows) await one(each);
    onDone();
  }

  async function one({ file, row, bar }) {
    try {
      const report = await upload(file, (share) => {
        if (share < 1) bar.value = share;
        else bar.removeAttribute("value");
      });
      const found = report.results;
      fill(
        row,
        found.length ? found.map(result) : result({ file: file.name, outcome: "failed", reason: t("upload.nothing") }),
      );
    } catch (problem) {
      fill(
        row,
        result({
          file: file.name,
          outcome: "failed",
          reason: [problem.title, problem.detail].filter(Boolean).join("："),
        }),
      );
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function result({ file, outcome, doc_id: id, title, reason }) {
  const good = GOOD.has(outcome);
  return h(
    "div",
    { class: `upload-result ${good ? "good" : "bad"}` },
    icon(good ? "check" : "warn"),
    h(
      "span",
      { class: "what" },
      h("span", { class: "file" }, file),
      reason ? h("span", { class: "reason" }, reason) : null,
      id
        ? h(
            "a",
            { href: `/documents/${encodeURIComponent(id)}`, target: "_blank", rel: "noopener" },
            title || t("upload.open"),
          )
        : null,
    ),
    h("span", { class: `badge ${good ? "good" : "bad"}` }, word("upload", outcome)),
  );
}
