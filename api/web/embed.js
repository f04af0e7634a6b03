// <policy-search>: the policy library on any page. One file, no cookies, nothing of the host's.
//
//   <script src="https://library.example/embed.js" async></script>
//   <policy-search key="…" lang="zh" mode="ask" heading="…" region="浙江省" theme="light"></policy-search>
//
// It speaks only to the origin it was loaded from. Its words stand here, not in texts.js: a host
// page loads one file. Its style lives in a constructed sheet, so a host's CSP needs no
// 'unsafe-inline', and `!important` inside a shadow root wins over the host's `!important`.
// Looks: --policy-accent, --policy-on-accent, --policy-ink, --policy-soft, --policy-surface,
// --policy-line, --policy-highlight, --policy-font, --policy-font-size, --policy-radius, --policy-max-height.

(() => {
  "use strict";
  if (customElements.get("policy-search")) return;

  const origin = new URL(document.currentScript?.src || location.href).origin;

  const LONGEST = 2000; // characters of a question

  const WORDS = {
    zh: {
      heading: "政策问答",
      ask: "提问",
      search: "检索",
      label: "您的问题或检索词",
      askHint: "请输入您的问题",
      searchHint: "请输入检索词或文号",
      mode: "用途",
      looking: "正在查找依据…",
      found: (n) => `找到 ${n} 处相关原文，正在核对…`,
      none: "没有找到相符的原文，请换一种说法。",
      sources: "依据",
      nearest: "最接近的文件",
      open: "阅读原文",
      rewritten: "结合上文理解为：",
      chip: (n) => `查看引文 ${n}`,
      failed: "暂时无法回答",
      network: "连接不上政策服务，请稍后重试。",
      cut: "回答没有传完，连接中途断开，请重试。",
      key: "访问密钥未被接受，请联系本网站管理员。",
      busy: "服务繁忙，请稍后重试。",
      all: "在政策知识库中查看完整回答",
      again: "重试",
      long: (n) => `最多 ${LONGEST} 字，现有 ${n} 字；请删去 ${n - LONGEST} 字后再提交。`,
      status: {
        in_force: "现行有效",
        amended: "已修改",
        partly_repealed: "部分废止",
        repealed: "已废止",
        expired: "已失效",
        not_yet: "尚未生效",
        unknown: "时效未知",
      },
    },
    en: {
      heading: "Ask the policies",
      ask: "Ask",
      search: "Search",
      label: "Your question or search words",
      askHint: "Ask a question",
      searchHint: "Words or a document number",
      mode: "Purpose",
      looking: "Looking for evidence…",
      found: (n) => `${n} passages found, checking…`,
      none: "Nothing matches; please try other words.",
      sources: "Sources",
      nearest: "Nearest documents",
      open: "Read the source",
      rewritten: "Understood as: ",
      chip: (n) => `Show citation ${n}`,
      failed: "No answer just now",
      network: "The policy service cannot be reached; please try again later.",
      cut: "The answer was cut off when the connection broke; please try again.",
      key: "The access key was not accepted; please tell this site's administrator.",
      busy: "The service is busy; please try again shortly.",
      all: "See the whole answer in the policy library",
      again: "Try again",
      long: (n) => `${n} characters, of at most ${LONGEST}; please shorten by ${n - LONGEST}.`,
      status: {
        in_force: "In force",
        amended: "Amended",
        partly_repealed: "Partly repealed",
        repealed: "Repealed",
        expired: "Expired",
        not_yet: "Not yet in force",
        unknown: "Validity unknown",
      },
    },
  };
  const TONE = {
    in_force: "good",
    amended: "warm",
    partly_repealed: "warm",
    not_yet: "warm",
    repealed: "bad",
    expired: "bad",
  };

  // px throughout: the host's root font size is not ours
  const CSS = `
    :host { all: initial !important; display: block !important; visibility: visible !important; opacity: 1 !important; direction: ltr !important; unicode-bidi: isolate !important; box-sizing: border-box !important; width: auto !important; min-width: 0 !important; contain: content !important; color-scheme: var(--s) !important;
      --s: light; --a: var(--policy-accent, #1a4f8b); --on: var(--policy-on-accent, #fff); --i: var(--policy-ink, #1a2331); --m: var(--policy-soft, #556172); --g: var(--policy-surface, #fff); --l: var(--policy-line, #d5dce5); --h: var(--policy-highlight, #ffe8b8); --r: var(--policy-radius, 12px);
      --good: #12643a; --good-g: #e1f3e8; --warm: #7c4a00; --warm-g: #fdf1d8; --bad: #a01f2b; --bad-g: #fce8e8; --tint: color-mix(in srgb, var(--a) 10%, var(--g)); }
    :host([data-dark]) { --s: dark; --a: var(--policy-accent, #93bdf0); --on: var(--policy-on-accent, #0d1a2a); --i: var(--policy-ink, #e7ecf3); --m: var(--policy-soft, #a3b0c0); --g: var(--policy-surface, #18202a); --l: var(--policy-line, #3a4658); --h: var(--policy-highlight, #5a4317);
      --good: #7fd6a4; --good-g: #16331f; --warm: #f0c176; --warm-g: #3a2b10; --bad: #f59aa1; --bad-g: #3f1a1d; --tint: color-mix(in srgb, var(--a) 16%, var(--g)); }
    * { box-sizing: border-box; }
    .card { font: 400 var(--policy-font-size, 16px)/1.7 var(--policy-font, system-ui, -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif); color: var(--i); background: var(--g); border: 1px solid var(--l); border-radius: var(--r); padding: 1em; text-align: left; overflow-wrap: anywhere; }
    .head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .4em; margin-bottom: .6em; }
    h2 { font-size: 1.1em; margin: 0; }
    h3 { font-size: .88em; color: var(--m); margin: .9em 0 .2em; font-weight: 600; }
    p { margin: 0 0 .5em; white-space: pre-wrap; }
    button, input { font: inherit; color: inherit; }
    button { cursor: pointer; }
    :focus-visible { outline: 3px solid var(--a); outline-offset: 2px; border-radius: 4px; }
    form { display: flex; gap: .5em; }
    input { flex: 1; min-width: 0; min-height: 2.75em; border: 1px solid var(--m); border-radius: 8px; padding: .3em .8em; background: var(--g); }
    input::placeholder { color: var(--m); opacity: 1; }
    .go { min-height: 2.75em; border: 0; border-radius: 8px; padding: 0 1.2em; background: var(--a); color: var(--on); white-space: nowrap; }
    .tab { border: 0; background: none; padding: .15em .7em; border-radius: 8px; color: var(--m); font-size: .92em; min-height: 28px; }
    .tab[aria-pressed=true] { background: var(--tint); color: var(--a); font-weight: 600; }
    .long { margin: .6em 0 0; } .long[hidden] { display: none; }
    .out:focus { outline: none; }
    .out:not(:empty) { margin-top: 1em; max-height: var(--policy-max-height, none); overflow: auto; }
    .chip { display: inline-flex; align-items: center; justify-content: center; min-width: 24px; height: 24px; margin: 0 2px; padding: 0 4px; border: 0; border-radius: 7px; background: var(--tint); color: var(--a); font-size: 12.5px; font-weight: 650; line-height: 1; }
    button.chip:hover { background: var(--a); color: var(--on); }
    .soft { color: var(--m); font-size: .86em; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { border-top: 1px solid var(--l); padding: .6em 0; }
    li.lit { background: var(--tint); box-shadow: 0 0 0 6px var(--tint); border-radius: 4px; }
    blockquote { margin: .3em 0; padding-left: .8em; border-left: 3px solid var(--h); font-size: .95em; white-space: pre-wrap; }
    mark { background: var(--h); color: inherit; border-radius: 3px; }
    a { color: var(--a); text-underline-offset: .2em; }
    .title { font-weight: 600; }
    .badge { display: inline-block; border-radius: 999px; padding: 0 .7em; font-size: .78em; margin-left: .5em; background: var(--tint); color: var(--a); white-space: nowrap; }
    .good { background: var(--good-g); color: var(--good); } .warm { background: var(--warm-g); color: var(--warm); } .bad { background: var(--bad-g); color: var(--bad); }
    .note { padding: .4em .8em; border-radius: 8px; margin-bottom: .6em; font-size: .93em; }
    @media (max-width: 480px) { .card { padding: .8em; } .go { padding: 0 .9em; } }
    @media (forced-colors: active) { .chip, .badge { border: 1px solid; } }`;

  let sheet = null; // one for every element of the page

  function style(root) {
    if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
      }
      root.adoptedStyleSheets = [sheet];
    } else {
      const link = document.createElement("style"); // older browsers, where the host's CSP allows it
      link.textContent = CSS;
      root.append(link);
    }
  }

  /** An element; strings become text nodes, markup is never parsed. */
  function h(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }

  /** JSON, whatever `toJSON` the host page has given to arrays and objects (Prototype.js does). */
  function json(value) {
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
    return `{${Object.keys(value)
      .map((name) => `${JSON.stringify(name)}:${json(value[name])}`)
      .join(",")}}`;
  }

  /** Our own pages only: a service that was tampered with must not send readers elsewhere. */
  function address({ url, revision }) {
    try {
      const there = new URL(url, origin);
      if (revision) there.searchParams.set("revision", revision); // the words as they were cited
      return there.origin === origin ? there.href : origin;
    } catch {
      return origin;
    }
  }

  class PolicySearch extends HTMLElement {
    static observedAttributes = ["lang", "mode", "heading", "placeholder", "theme"];
    #root = this.attachShadow({ mode: "open" });
    #dark = matchMedia("(prefers-color-scheme: dark)");
    #history = [];
    #running = null;
    #again = null; // what leaving the page broke off, to be done when the element comes back
    #view = null; // gives what was found, in the language of the moment
    #input = h("input", {
      type: "text",
      enterkeyhint: "search",
      autocomplete: "off",
      "aria-describedby": "long",
      oninput: () => this.#measure(),
    });
    #long = h("p", { id: "long", class: "note warm long", role: "status", hidden: true });
    out = h("div", { class: "out", "aria-live": "polite", tabindex: "-1" });
    #paintDark = () =>
      this.toggleAttribute(
        "data-dark",
        this.getAttribute("theme") === "dark" || (this.getAttribute("theme") === "auto" && this.#dark.matches),
      );

    connectedCallback() {
      this.#dark.addEventListener("change", this.#paintDark);
      this.#render();
      const again = this.#again;
      this.#again = null;
      again?.();
    }

    disconnectedCallback() {
      this.#dark.removeEventListener("change", this.#paintDark);
      queueMicrotask(() => this.isConnected || this.#running?.abort()); // unless it was only moved
    }

    attributeChangedCallback(name) {
      if (!this.isConnected || !this.#root.firstChild) return;
      if (name === "theme") this.#paintDark();
      else this.#render();
    }

    get #w() {
      return WORDS[(this.getAttribute("lang") || "zh").startsWith("en") ? "en" : "zh"];
    }
    get #mode() {
      return this.getAttribute("mode") === "search" ? "search" : "ask";
    }

    /** Says that the connection broke before the answer was whole; what was stopped stays stopped. */
    #cut = (error) => {
      throw error?.name === "AbortError" ? error : new Error(this.#w.cut);
    };

    #render() {
      const w = this.#w;
      this.#paintDark();
      const input = this.#input;
      const controls = () => [...this.#root.querySelectorAll("button, a, input, [tabindex]")];
      const held = controls().indexOf(this.#root.activeElement); // the same controls come again
      input.setAttribute("aria-label", w.label);
      input.setAttribute("placeholder", this.getAttribute("placeholder") || w[`${this.#mode}Hint`]);
      const tab = (name) =>
        h(
          "button",
          {
            type: "button",
            class: "tab",
            "aria-pressed": String(this.#mode === name),
            onclick: () => this.setAttribute("mode", name),
          },
          w[name],
        );
      const form = h(
        "form",
        {
          role: "search",
          onsubmit: (event) => {
            event.preventDefault();
            if (input.value.trim() && !this.#measure())
              this.#mode === "ask" ? this.ask(input.value.trim()) : this.search(input.value.trim());
          },
        },
        input,
        h("button", { class: "go" }, w[this.#mode]),
      );
      if (this.#view) this.out.replaceChildren(...this.#view());
      this.#measure();
      style(this.#root);
      for (const child of [...this.#root.children]) if (child.localName !== "style") child.remove();
      this.#root.append(
        h(
          "section",
          {
            class: "card",
            lang: w === WORDS.en ? "en" : "zh-CN",
            "aria-label": this.getAttribute("heading") || w.heading,
          },
          h(
            "div",
            { class: "head" },
            h("h2", null, this.getAttribute("heading") || w.heading),
            h("div", { role: "group", "aria-label": w.mode }, tab("ask"), tab("search")),
          ),
          form,
          this.#long,
          this.out,
        ),
      );
      if (held >= 0) controls()[held]?.focus({ preventScroll: true });
    }

    /** Says when the question is too long to be taken, which it gives back; what is typed is never cut. */
    #measure() {
      const count = [...this.#input.value.trim()].length;
      const long = count > LONGEST;
      this.#input.setAttribute("aria-invalid", String(long));
      this.#long.hidden = !long;
      this.#long.textContent = long ? this.#w.long(count) : "";
      return long;
    }

    #show(view) {
      this.#view = view;
      this.out.replaceChildren(...view());
    }

    #filters() {
      const filters = {};
      for (const name of ["kind", "issuer", "region", "status"]) {
        const values = (this.getAttribute(name) || "")
          .split(",")
          .map((value) => value.trim())
          .filter(Boolean);
        if (values.length) filters[name] = values;
      }
      return Object.keys(filters).length ? { filters } : {};
    }

    async #call(path, body) {
      this.#running?.abort();
      this.#running = new AbortController();
      const key = this.getAttribute("key");
      let response;
      try {
        response = await fetch(origin + path, {
          method: "POST",
          credentials: "omit",
          referrerPolicy: "strict-origin-when-cross-origin",
          signal: this.#running.signal,
          headers: { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) },
          body: json(body),
        });
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Error(this.#w.network);
      }
      if (response.ok) return response;
      const problem = await response.json().catch(() => ({}));
      throw new Error(
        { 401: this.#w.key, 403: problem.detail || this.#w.key, 429: this.#w.busy }[response.status] ||
          problem.detail ||
          problem.title ||
          this.#w.network,
      );
    }

    /** Ask `question`; shows the cited answer and tells the host with a `policy-answer` event. */
    async ask(question) {
      const status = h("p", { class: "soft" }, this.#w.looking);
      const streamed = h("div");
      this.#view = null;
      this.out.replaceChildren(status, streamed);
      await this.#guard(
        () => this.ask(question),
        async () => {
          const response = await this.#call("/api/ask", {
            question,
            stream: true,
            history: this.#history.slice(-8),
            ...this.#filters(),
          });
          const answer = await this.#answerOf(
            response,
            (hits) => {
              status.textContent = this.#w.found(hits.length);
            },
            (claim) => streamed.append(h("p", null, claim.text)),
          );
          this.#history.push({ role: "user", content: question }, { role: "assistant", content: answer.text });
          this.#show(() => [this.#answer(answer)]);
          this.dispatchEvent(new CustomEvent("policy-answer", { detail: answer, bubbles: true, composed: true }));
        },
      );
    }

    async #answerOf(response, onHits, onClaim) {
      if (!(response.headers.get("Content-Type") || "").includes("event-stream"))
        return response.json().catch(this.#cut);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      let answer = null;
      for (;;) {
        const { value, done } = await reader.read().catch(this.#cut);
        rest += (value ? decoder.decode(value, { stream: true }) : "").replace(/\r/g, "");
        const blocks = rest.split("\n\n");
        rest = blocks.pop(); // an event that nothing ends is not whole
        for (const block of blocks) {
          const name = (/^event: ?(.*)$/m.exec(block) || [])[1];
          const lines = block
            .split("\n")
            .filter((line) => line.startsWith("data:"))
            .map((line) => line.slice(5));
          if (!lines.length) continue;
          const data = JSON.parse(lines.join("\n"));
          if (name === "hits") onHits(Array.isArray(data) ? data : data.hits || []);
          else if (name === "claim") onClaim(data);
          else if (name === "answer") answer = data;
          else if (name === "error" || name === "problem") throw new Error(data.detail || data.title);
        }
        if (done) break;
      }
      return answer ?? this.#cut();
    }

    async search(query) {
      this.#view = null;
      this.out.replaceChildren(h("p", { class: "soft" }, this.#w.looking));
      await this.#guard(
        () => this.search(query),
        async () => {
          const response = await this.#call("/api/search", { query, k: 8, ...this.#filters() });
          const { hits } = await response.json().catch(this.#cut);
          this.#show(() => [
            hits.length
              ? h(
                  "ol",
                  null,
                  hits.map((hit) =>
                    h("li", null, this.#head(hit), h("p", { class: "soft" }, this.#facts(hit)), this.#snippet(hit)),
                  ),
                )
              : h("p", null, this.#w.none),
          ]);
        },
      );
    }

    async #guard(retry, work) {
      try {
        await work();
      } catch (error) {
        if (error.name === "AbortError") {
          if (!this.isConnected) this.#again = retry;
          return;
        }
        const again = () => {
          this.out.focus({ preventScroll: true }); // the button goes
          retry();
        };
        this.out.replaceChildren(
          h(
            "div",
            { class: "note bad", role: "alert" },
            h("strong", null, this.#w.failed),
            h("p", null, error.message),
            h("button", { type: "button", class: "tab", onclick: again }, this.#w.again),
          ),
        );
      }
    }

    #badge(status) {
      return h(
        "span",
        { class: `badge ${TONE[status] || ""}` },
        this.#w.status[status] || status || this.#w.status.unknown,
      );
    }
    #facts(thing) {
      return [thing.number, thing.issuer, thing.issued, (thing.path || []).join(" › ")].filter(Boolean).join(" · ");
    }
    /** Readers of a page with a key have none of their own: behind a link they would meet a closed door. */
    get #linked() {
      return !this.getAttribute("key") || this.hasAttribute("links");
    }
    #title(thing) {
      return this.#linked
        ? h("a", { class: "title", href: address(thing), target: "_blank", rel: "noopener" }, thing.title)
        : h("span", { class: "title" }, thing.title);
    }
    #head(thing) {
      return h(
        "div",
        null,
        this.#title(thing),
        this.#badge(thing.status),
      );
    }

    #snippet(hit) {
      const points = [...hit.text]; // the service counts code points
      const parts = [];
      let at = 0;
      for (const [start, end] of hit.highlights || []) {
        if (start < at) continue;
        parts.push(points.slice(at, start).join(""), h("mark", null, points.slice(start, end).join("")));
        at = end;
      }
      return h("p", null, parts, points.slice(at).join(""));
    }

    #answer(answer) {
      const items = new Map(
        answer.citations.map((citation) => [
          citation.n,
          h(
            "li",
            { tabindex: "-1" },
            h("span", { class: "chip" }, String(citation.n)),
            " ",
            this.#title(citation),
            this.#badge(citation.status),
            h("blockquote", null, citation.quote),
            h("div", { class: "soft" }, this.#facts(citation)),
          ),
        ]),
      );
      const light = (n) => {
        for (const item of items.values()) item.classList.remove("lit");
        const item = items.get(n);
        item.classList.add("lit");
        item.scrollIntoView({ block: "nearest" });
        item.focus({ preventScroll: true });
      };
      const chip = (n) =>
        h(
          "button",
          { type: "button", class: "chip", "aria-label": this.#w.chip(n), onclick: () => light(n) },
          String(n),
        );
      const line = (text) =>
        h(
          "p",
          null,
          text.split(/(\[\d+\])/).map((part) => {
            const n = Number((/^\[(\d+)\]$/.exec(part) || [])[1]);
            return items.has(n) ? chip(n) : part;
          }),
        );
      const seen = new Map();
      if (answer.basis !== "grounded")
        for (const hit of answer.hits || []) if (!seen.has(hit.doc_id)) seen.set(hit.doc_id, hit);
      return h(
        "article",
        null,
        answer.rewritten && answer.rewritten !== answer.question
          ? h("p", { class: "soft" }, this.#w.rewritten, answer.rewritten)
          : null,
        (answer.notes || []).map((note) => h("p", { class: "note warm" }, note)),
        answer.text
          .split("\n")
          .filter((each) => each && !(answer.notes || []).includes(each)) // those stand above
          .map(line),
        items.size ? [h("h3", null, this.#w.sources), h("ol", null, [...items.values()])] : null,
        seen.size
          ? [
              h("h3", null, this.#w.nearest),
              h(
                "ol",
                null,
                [...seen.values()]
                  .slice(0, 3)
                  .map((hit) => h("li", null, this.#head(hit), h("div", { class: "soft" }, this.#facts(hit)))),
              ),
            ]
          : null,
        this.#linked
          ? h(
              "p",
              { class: "soft" },
              h(
                "a",
                { href: `${origin}/#answer=${encodeURIComponent(answer.id)}`, target: "_blank", rel: "noopener" },
                this.#w.all,
              ),
            )
          : null,
      );
    }
  }

  customElements.define("policy-search", PolicySearch);
})();
