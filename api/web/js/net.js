// Talks to the service: keys, problem documents, server-sent events, downloads, uploads.

import { t } from "./language.js";

export class Problem extends Error {
  constructor({ title, detail, status = 0, code = "" }) {
    super(detail || title);
    Object.assign(this, { title, detail, status, code });
  }
}

export const key = {
  get: () => sessionStorage.getItem("key") ?? "",
  set: (value) => (value ? sessionStorage.setItem("key", value) : sessionStorage.removeItem("key")),
};

let askForKey = async () => false; // answers true when the reader has given another key

export function onKeyWanted(ask) {
  askForKey = ask;
}

export function authorization() {
  return key.get() ? { Authorization: `Bearer ${key.get()}` } : {};
}

/** The problem a response carries, in words whatever it carries. */
export async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // not JSON: a proxy's page, perhaps; its markup helps nobody
  }
  const waiting = response.headers.get("Retry-After");
  const fallback = { 429: t("error.busy", { seconds: waiting ?? "…" }), 503: t("error.notReady") }[response.status];
  const detail = typeof body.detail === "string" ? body.detail : (fallback ?? "");
  return new Problem({
    title: body.title || t("error.http", { status: response.status }),
    detail,
    status: response.status,
    code: body.code,
  });
}

/** `fetch` with the key; asks for one on 401 and tries again; throws `Problem` when refused. */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, ...authorization() } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ title: t("error.network"), detail: t("error.networkDetail") });
  }
  if (response.status === 401 && (await askForKey())) return request(path, options);
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get(path, options) {
  return (await request(path, options)).json();
}

export function posting(body, headers = {}) {
  return { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) };
}

export async function post(path, body = {}, options = {}) {
  return (await request(path, { ...posting(body), ...options })).json();
}

/** Of calls that overlap, only the newest counts: each `call()` gives a test whether it still is the newest. */
export function newestOnly() {
  let last = 0;
  return () => {
    const mine = ++last;
    return () => mine === last;
  };
}

/** `?a=1&b=2` without the empty ones. */
export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return kept.length ? `?${new URLSearchParams(kept)}` : "";
}

/** The events of a server-sent stream: `{event, data}` with `data` read from JSON. */
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch(cut);
    rest += (value ?? "").replaceAll("\r", ""); // a CR LF may be cut in two
    const blocks = rest.split("\n\n");
    rest = blocks.pop(); // an event that nothing ends is not whole
    for (const block of blocks) {
      const event = parsed(block);
      if (event) yield event;
    }
    if (done) return;
  }
}

/** Says that the connection broke before the answer was whole; what the reader stopped stays stopped. */
function cut(error) {
  if (error?.name === "AbortError") throw error;
  throw new Problem({ title: t("error.cut"), detail: t("error.cutDetail") });
}

function parsed(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}

/** Ask, telling `on.hits` and `on.claim` while it streams; gives the whole Answer. */
export async function ask(body, on, signal) {
  const accept = { Accept: "text/event-stream, application/json" };
  const response = await request("/api/ask", { ...posting({ ...body, stream: true }, accept), signal });
  if (!response.headers.get("Content-Type")?.includes("event-stream")) return response.json().catch(cut);
  let answer = null;
  for await (const { event, data } of events(response.body)) {
    if (event === "hits") on.hits?.(Array.isArray(data) ? data : (data.hits ?? []));
    else if (event === "claim") on.claim?.(data);
    else if (event === "answer") answer = data;
    else if (event === "error" || event === "problem") throw new Problem({ title: t("error.title"), ...data });
  }
  return answer ?? cut();
}

/** Fetch with the key and hand the bytes to the browser as a file. */
export async function download(path, fallbackName) {
  const response = await request(path);
  const named = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = named ? decodeURIComponent(named[1]) : fallbackName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Send one file, telling `progress` the share sent so far (0…1); gives the service's JSON. */
export function upload(file, progress) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open("POST", "/api/documents");
    for (const [name, value] of Object.entries(authorization())) call.setRequestHeader(name, value);
    call.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    call.onerror = () => reject(new Problem({ title: t("error.network"), detail: t("error.networkDetail") }));
    call.onload = async () => {
      const response = new Response(call.response, {
        status: call.status,
        headers: { "Retry-After": call.getResponseHeader("Retry-After") ?? "" },
      });
      if (call.status === 401 && (await askForKey())) resolve(upload(file, progress));
      else if (!response.ok) reject(await problemOf(response));
      else resolve(await response.json());
    };
    const form = new FormData();
    form.append("files", file, file.name);
    call.send(form);
  });
}
