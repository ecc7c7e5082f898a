/// Elements out of values. Text only ever becomes text nodes: nothing that a device sent is parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";
/// Characters that show nothing, or move what stands beside them: controls, formats, separators, unassigned.
const UNSEEN = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}])/u;

/// h("td", {class: "number"}, child, [children]) is that element. A function as an attribute is a listener; null,
/// undefined and false leave an attribute or a child out.
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/// The same for SVG.
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "style" || name === "srcdoc") throw new Error(`no attribute ${name} here`);
    if (name === "href" && !value.startsWith("#")) throw new Error("links lead to views of this page only");
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/// Text from outside for where there are no elements: what cannot be seen is spelled out (U+202E).
export function visible(text) {
  return String(text).split(UNSEEN).map((part) => (UNSEEN.test(part) ? spelled(part) : part)).join("");
}

/// Text from outside: the same, and isolated, so that its direction changes nothing around it.
export function outside(text) {
  const parts = String(text).split(UNSEEN).filter((part) => part !== "");
  return h("bdi", { class: "outside", dir: "auto" },
    parts.map((part) => (UNSEEN.test(part) ? h("span", { class: "unprintable" }, spelled(part)) : part)));
}

const spelled = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;

/// Puts new nodes in the place of what `place` holds; what is as it was stays. What had the focus, and what was unfolded,
/// has it again.
export function swap(place, nodes) {
  const handle = place.contains(document.activeElement) ? handleOf(document.activeElement) : null;
  const open = new Map([...place.querySelectorAll("details[data-key]")].map((details) => [details.dataset.key, details.open]));
  for (const details of nodes.flatMap((node) => [...node.querySelectorAll("details[data-key]")])) {
    details.open = open.get(details.dataset.key) ?? details.open;
  }
  const old = [...place.children];
  if (old.length === nodes.length) old.forEach((node, at) => { if (!node.isEqualNode(nodes[at])) node.replaceWith(nodes[at]); });
  else place.replaceChildren(...nodes);
  if (handle !== null && !place.contains(document.activeElement)) focusAgain(place, handle);
}

/// What names an element when the view is made anew: the data-key that it has or stands in, and its link.
export function handleOf(element) {
  return { key: element?.closest("[data-key]")?.dataset.key, href: element?.getAttribute("href") };
}

/// Gives the focus to what has this handle; false where nothing has.
export function focusAgain(place, { key, href }) {
  const part = key === undefined ? place : place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const target = (href && part?.querySelector(`a[href="${CSS.escape(href)}"]`))
    || (key !== undefined && (part?.matches("select") ? part : part?.querySelector("a, summary")));
  if (!target) return false;
  target.focus({ preventScroll: true });
  return true;
}
