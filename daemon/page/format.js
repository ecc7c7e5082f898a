/// Numbers and times as people read them. Times come as RFC 3339 in UTC and are shown in local time.
import { h } from "./dom.js";

const NUMBER = new Intl.NumberFormat("en");
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

/// 12,345; what is not known is a dash.
export function count(value) {
  return value === null || value === undefined ? "–" : NUMBER.format(value);
}

/// "1 device", "2 devices".
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/// 2026-11-25 09:12:04, local time.
export function stamp(time) {
  const at = new Date(time);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `
    + `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/// "3 min ago".
export function ago(time, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 1) return "now";
  const [size, unit] = UNITS.find(([each]) => seconds >= each);
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

/// A time as an element: how long ago (kept up to date by tick), or in full. Null is a word of choice.
export function time(value, { full = false, none = "never" } = {}) {
  if (!value) return h("span", { class: "faint" }, none);
  return h("time", { datetime: value, title: `${stamp(value)} (${value})`, "data-ago": !full },
    full ? stamp(value) : ago(value));
}

/// Renews every "ago" of the page.
export function tick(place) {
  for (const element of place.querySelectorAll("time[data-ago]")) element.textContent = ago(element.dateTime);
}

/// 0.85 is 85%; what is not nothing is not shown as nothing, nor what is not all as all.
export function percent(share) {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return "under 1%";
  if (rounded === 100 && share < 1) return "over 99%";
  return `${rounded}%`;
}

/// 12345 is 12.1 KiB.
export function bytes(value) {
  if (value === null || value === undefined) return "–";
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let step = 0;
  for (; size >= 1024 && step < names.length - 1; step += 1) size /= 1024;
  return `${step === 0 ? size : size.toFixed(1)} ${names[step]}`;
}

/// Whole days from now to then; negative: it is over.
export function daysLeft(time, now = Date.now()) {
  return Math.floor((Date.parse(time) - now) / 86_400_000);
}
