// What a machine can see of a page as it stands: handed to Playwright, answers with lists.
(wide) => {
  const found = { sticks_out: [], cut: [], small: [], latin: [], chinese: [] };
  const told = (node) => {
    const text = (node.innerText || node.value || node.getAttribute("aria-label") || "").trim();
    return `<${node.tagName.toLowerCase()} class="${String(node.className.baseVal ?? node.className).slice(0, 60)}"> ${text.slice(0, 60)}`;
  };
  const shown = (node) => {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  const scrolls = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement) {
      if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const width = window.innerWidth;
  if (document.documentElement.scrollWidth > width) {
    found.sticks_out.push(`page is ${document.documentElement.scrollWidth} wide`);
    for (const node of document.body.querySelectorAll("*")) {
      if (!shown(node) || scrolls(node)) continue;
      if (node.getBoundingClientRect().right > width + 1) found.sticks_out.push(told(node));
    }
  }
  for (const node of document.body.querySelectorAll("*")) {
    if (!shown(node) || node.closest("svg, .material-symbols-outlined, .sr-only")) continue;
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    const style = getComputedStyle(node);
    const clips = style.overflowX === "hidden" || style.overflowX === "clip";
    if (own && clips && node.scrollWidth > node.clientWidth + 1 && style.position !== "absolute")
      found.cut.push(told(node));
    if (own && node.matches("button, a, .badge, td, th, label") && style.display !== "inline") {
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect(), box = node.getBoundingClientRect();
      if (text.right > box.right + 2 && !clips) found.cut.push("spills: " + told(node));
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.checkVisibility() || node.closest("[data-verbatim]")) continue;
    if (node.closest("script, style, code, pre, noscript, template, .material-symbols-outlined"))
      continue;
    const words = text.data.match(/[A-Za-z][A-Za-z_.-]{2,}/g);
    if (words) found.latin.push(text.data.trim().replace(/\s+/g, " ").slice(0, 90));
    if (/[\u4e00-\u9fff]/.test(text.data))
      found.chinese.push(text.data.trim().replace(/\s+/g, " ").slice(0, 90));
  }
  if (!wide) {
    for (const node of document.querySelectorAll("a[href], button, select, summary, input, textarea, [role=button]")) {
      if (!shown(node) || node.type === "hidden" || node.disabled) continue;
      const target = ["radio", "checkbox"].includes(node.type) ? node.closest("label") || node : node;
      const style = getComputedStyle(target);
      // A link within a sentence is as tall as its line; WCAG lets it.
      if (style.display === "inline") continue;
      const box = target.getBoundingClientRect();
      if (box.height < 43.5 || box.width < 43.5)
        found.small.push(`${Math.round(box.width)}x${Math.round(box.height)} ${told(node)}`);
    }
  }
  for (const key of Object.keys(found)) found[key] = [...new Set(found[key])].slice(0, 40);
  return found;
}
