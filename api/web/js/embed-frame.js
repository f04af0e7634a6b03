// The iframe form of the widget: attributes come from the address, its height goes to the parent.
//   <iframe src="https://library.example/embed#key=…&lang=zh&theme=auto"></iframe>
// The key stands after `#`, where neither logs nor referrers see it.

const ALLOWED = ["key", "lang", "mode", "heading", "placeholder", "theme", "kind", "issuer", "region", "status"];
const widget = document.createElement("policy-search");
for (const values of [new URLSearchParams(location.search), new URLSearchParams(location.hash.slice(1))]) {
  for (const name of ALLOWED) if (values.has(name)) widget.setAttribute(name, values.get(name));
}
document.body.append(widget);

if (parent !== window) {
  new ResizeObserver(() =>
    parent.postMessage({ type: "policy-search:height", height: Math.ceil(widget.getBoundingClientRect().height) }, "*"),
  ).observe(widget);
}
