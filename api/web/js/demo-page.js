// The demonstration portal: shows the lines to copy, with this service's own address in them.

const here = location.origin;
const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

show("code-element", `<script src="${here}/embed.js" async></script>\n<policy-search key="…"></policy-search>`);
show(
  "code-frame",
  `<iframe id="policy-frame" src="${here}/embed#key=…" title="政策问答" width="100%" height="600" style="border: 0"></iframe>
<script>
  addEventListener("message", (event) => {
    const frame = document.getElementById("policy-frame");
    if (event.source === frame.contentWindow && event.data?.type === "policy-search:height")
      frame.height = event.data.height;
  });
</script>`,
);
show("code-style", "policy-search { --policy-accent: #9c2b22; --policy-radius: 8px; --policy-font-size: 15px; }");

const frame = document.querySelector("iframe");
addEventListener("message", (event) => {
  if (event.source === frame.contentWindow && event.data?.type === "policy-search:height")
    frame.style.height = `${event.data.height}px`;
});
