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

/// Puts nodes in the place of what `place` holds. What had the focus, and what was unfolded, has it again, found by
/// its data-key.
export function swap(place, nodes) {
  const keyOf = (element) => element?.closest?.("[data-key]")?.dataset.key;
  const focused = place.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  const open = new Map([...place.querySelectorAll("details[data-key]")].map((details) => [details.dataset.key, details.open]));
  place.replaceChildren(...nodes);
  for (const details of place.querySelectorAll("details[data-key]")) {
    details.open = open.get(details.dataset.key) ?? details.open;
  }
  if (focused !== undefined) focusKey(place, focused);
}

/// Gives the focus to the link of the row with this data-key, or to the element itself; true where it is there.
export function focusKey(place, key) {
  const row = place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const target = row?.matches("a, button, summary, select") ? row : row?.querySelector("a, summary, select");
  target?.focus({ preventScroll: true });
  return target !== null && target !== undefined;
}
