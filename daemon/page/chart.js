/// Small charts as SVG. Each is an image with a sentence for who does not see it.
import { svg } from "./dom.js";
import { count } from "./format.js";

const HOUR_MS = 3_600_000;
/// How many hours a chart shows.
export const HOURS = 48;

/// Puts [{from, <field>}] into the latest 48 hours, oldest first; what is older is left out.
export function byHour(list, field, now = Date.now()) {
  const bins = new Array(HOURS).fill(0);
  const last = Math.floor(now / HOUR_MS);
  for (const item of list) {
    const at = HOURS - 1 - (last - Math.floor(Date.parse(item.from) / HOUR_MS));
    if (at >= 0 && at < HOURS) bins[at] += item[field];
  }
  return bins;
}

/// 48 bars; `what` names what is counted. Bars share the scale of the highest, and a count that is not 0 is always seen.
export function bars(bins, what, { height = 24, kind = "bad" } = {}) {
  const highest = Math.max(...bins);
  const total = bins.reduce((sum, value) => sum + value, 0);
  const label = total === 0 ? `${what}: none in the last 48 hours`
    : `${what}: ${count(total)} in the last 48 hours, at most ${count(highest)} an hour, ${count(bins.at(-1))} in this one`;
  return svg("svg", {
    class: `bars ${kind}`, role: "img", "aria-label": label, viewBox: `0 0 ${HOURS * 4} ${height}`, preserveAspectRatio: "none",
  }, svg("title", {}, label), svg("line", { class: "base", x1: 0, x2: HOURS * 4, y1: height - 0.5, y2: height - 0.5 }),
  bins.map((value, at) => {
    if (value === 0) return null;
    const tall = Math.max(2, (value / highest) * (height - 1));
    return svg("rect", { x: at * 4 + 0.5, y: height - tall, width: 3, height: tall });
  }));
}

/// One bar of parts, [{share, kind}], shares adding up to 1 at most.
export function stack(parts, label) {
  let at = 0;
  return svg("svg", { class: "stack", role: "img", "aria-label": label, viewBox: "0 0 100 8", preserveAspectRatio: "none" },
    svg("title", {}, label), svg("rect", { class: "rest", x: 0, y: 0, width: 100, height: 8 }),
    parts.filter(({ share }) => share > 0).map(({ share, kind }) => {
      const part = svg("rect", { class: kind, x: at * 100, y: 0, width: Math.max(0.5, share * 100), height: 8 });
      at += share;
      return part;
    }));
}
