// What hinders a reader on this page, in words. WCAG 2.2: contrast of every visible text (1.4.3), names of
// controls (4.1.2), their size (2.5.8); besides ids used twice and sideways scrolling.
() => {
  const found = [];

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, alpha / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      layers.unshift(colour(getComputedStyle(at).backgroundColor));
      if (layers[0][3] === 1) break;
    }
    return layers.reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
  };
  const contrast = (node) => {
    const under = ground(node);
    const ink = over(colour(getComputedStyle(node).color), under);
    const [bright, dim] = [luminance(ink), luminance(under)].sort((x, y) => y - x);
    return (bright + 0.05) / (dim + 0.05);
  };
  const isBig = ({ fontSize, fontWeight }) =>
    parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
  const isVisible = (node) =>
    node.checkVisibility({ checkVisibilityCSS: true }) &&
    node.getClientRects().length > 0 &&
    !node.closest(".visually-hidden, .skip, :disabled, svg");
  const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const name = (node) =>
    node.getAttribute("aria-label") || node.labels?.[0]?.textContent || node.textContent || node.title || "";
  const what = (node) => `${node.localName}.${node.className} “${node.textContent.trim().slice(0, 20)}”`;

  for (const node of document.body.querySelectorAll("*")) {
    if (!isVisible(node)) continue;
    if (hasText(node)) {
      const ratio = contrast(node);
      if (ratio < (isBig(getComputedStyle(node)) ? 3 : 4.5)) found.push(`contrast ${ratio.toFixed(2)} ${what(node)}`);
    }
    if (node.matches('button, a[href], input, select, textarea, summary, [tabindex="0"]')) {
      if (!name(node).trim()) found.push(`no name ${what(node)}`);
      const { width, height } = node.getBoundingClientRect();
      const isInline = node.matches("p a, dd a, li a, summary") || node.closest("label"); // 2.5.8 excepts these
      if (!isInline && Math.min(width, height) < 24) found.push(`small ${width}×${height} ${what(node)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`id twice: ${id}`);
  if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways");
  if (!document.documentElement.lang || !document.title) found.push("no language or no title");
  if (document.querySelectorAll("main").length !== 1) found.push("not one main");
  return found;
};
