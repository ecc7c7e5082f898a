/// The pieces that views are made of.
import { h, outside } from "./dom.js";
import { percent } from "./format.js";
import { CAUSES, headline } from "./causes.js";
import { go, link } from "./router.js";

const SINCE = [["", "any time"], ["1h", "last hour"], ["24h", "last day"], ["168h", "last week"]];

/// The heading of a view.
export function heading(...content) {
  return h("h1", { tabindex: "-1" }, content);
}

/// A part of a view with a heading of its own.
export function panel(title, attributes, ...content) {
  return h("section", { ...attributes, class: `panel ${attributes.class ?? ""}`.trim() }, h("h2", {}, title), content);
}

/// A word with a colour: good, bad, warn, or none.
export function badge(word, kind = "") {
  return h("span", { class: `badge ${kind}`.trim() }, word);
}

/// How a device is.
export function deviceState(state) {
  return badge(state, { connected: "good", failing: "bad" }[state]);
}

/// A session's verdict against its profile.
export function verdict(word) {
  return word ? badge(word, { pass: "good", violation: "bad" }[word]) : h("span", { class: "faint" }, "–");
}

/// A device as a link to its view; `row` makes it the link that j, k and Enter use.
export function deviceLink(id, broker, { row = false } = {}) {
  return h("a", { href: link("devices", id, { broker }), "data-row": row }, outside(id));
}

/// Terms and what they are; pairs without a value are left out.
export function facts(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
}

/// A table. columns: {head, cell(row), class}; keyOf names a row for ever; a click on a row opens its first link. On a
/// phone its rows are shown as cards, which is why the roles are told.
export function table(caption, columns, rows, keyOf) {
  const head = (column) => h("th", { role: "columnheader", scope: "col", class: column.class }, column.head);
  const cell = (row) => (column) => h("td", { role: "cell", class: column.class, "data-head": column.head }, column.cell(row));
  return h("div", { class: "scroll" }, h("table", { role: "table" }, h("caption", {}, caption),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map(head))),
    h("tbody", { role: "rowgroup" }, rows.map((row) => h("tr", { role: "row", "data-key": keyOf(row) }, columns.map(cell(row)))))));
}

/// Links to the next part of a list and back to its beginning; nothing where all is shown.
export function pager(route, next) {
  if (!next && !route.query.after) return null;
  const to = (after) => link(route.view, undefined, { ...route.query, after });
  return h("nav", { class: "pager", "aria-label": "Pages" },
    route.query.after ? h("a", { href: to(undefined) }, "First page") : null,
    next ? h("a", { href: to(next), rel: "next" }, "Next page") : h("span", { class: "faint" }, "That is all."));
}

/// The filters of a list, in its address; `states` are [value, words]. A list without states has brokers alone.
export function filters(route, states, brokers) {
  const set = (change) => go(link(route.view, undefined, { ...route.query, ...change, after: undefined }));
  const choice = (name, words, options) => h("label", {}, h("span", {}, words),
    h("select", { name, "data-key": `filter-${name}`, change: (event) => set({ [name]: event.target.value }) },
      options.map(([value, text]) => h("option", { value, selected: (route.query[name] ?? "") === value }, text))));
  const others = ["profile", "search"].filter((name) => route.query[name]);
  return h("form", { class: "filters", "aria-label": "Filters", submit: (event) => event.preventDefault() },
    states ? choice("state", "State", states) : null,
    states ? choice("cause", "Cause", [["", "any"], ...CAUSES.map((cause) => [cause, headline(cause)])]) : null,
    brokers.length > 1 ? choice("broker", "Broker", [["", "all"], ...brokers.map((name) => [name, name])]) : null,
    states ? choice("since", "Seen", SINCE) : null,
    others.map((name) => h("button", { type: "button", class: "chip", click: () => set({ [name]: undefined }) },
      `${name}: `, outside(route.query[name]), h("span", { "aria-label": "remove" }, " ×"))));
}

/// What both sides say of a failure: the broker left, the device right.
export function evidence(list) {
  const side = (name, title) => {
    const said = list.filter((one) => one.side === name);
    return h("div", { class: `side ${name}` }, h("h3", {}, title),
      said.length > 0 ? h("ul", {}, said.map((one) => h("li", {}, outside(one.what)))) : h("p", { class: "faint" }, "nothing"));
  };
  return h("div", { class: "sides" }, side("broker", "The broker saw"), side("device", "The device said"));
}

/// What else it could be.
export function alternatives(list) {
  if (!list || list.length === 0) return null;
  return h("div", {}, h("h3", {}, "What else it could be"),
    h("ul", {}, list.map((one) => h("li", {}, headline(one.cause), " ", h("span", { class: "faint" }, percent(one.confidence))))));
}

const NAMED_BY = {
  session: "its own CONNECT", "client-certificate": "its certificate", psk: "its PSK identity", "broker-log": "the broker's log",
  report: "its own report", inferred: "who lives at that address", unknown: "nobody",
};

/// How it is known which device a failure was, and which others it could have been.
export function identity({ how, confidence, candidates }) {
  const named = NAMED_BY[how] ?? how;
  return h("p", { class: "faint" }, `The device was named by ${named}${confidence < 1 ? `, ${percent(confidence)} sure` : ""}.`,
    candidates?.length > 0 ? [" It could also be ", candidates.map((id, at) => [at > 0 ? ", " : "", outside(id)]), "."] : null);
}

/// Text of the knowledge, which is ours: what stands between backticks is code.
export function prose(text) {
  return h("p", {}, text.split("`").map((part, at) => (at % 2 === 1 ? h("code", {}, part) : part)));
}

/// What to do.
export function remedy(fix) {
  return h("div", { class: "fix" }, h("h3", {}, "What to do"), prose(fix));
}

/// In the place of a list that is empty: what that means, and what to do about it.
export function empty(title, ...content) {
  return h("div", { class: "notice" }, h("h2", {}, title), h("p", {}, content));
}

/// In the place of a view that could not be had.
export function problem(error, again) {
  return [heading(error.status === 404 ? "Not here" : "No answer"),
    h("div", { class: "notice bad", role: "alert" }, h("p", {}, outside(error.message)),
      h("button", { type: "button", click: again }, "Try again"))];
}
