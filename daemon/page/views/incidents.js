/// Incidents: what goes wrong in the fleet, the open ones first.
import { h, outside } from "../dom.js";
import { bars, byHour } from "../chart.js";
import { headline } from "../causes.js";
import { bytes, count, counted, time } from "../format.js";
import { badge, empty, filters, heading, pager, table } from "../parts.js";
import { link } from "../router.js";

const LIMIT = 100;
const STATES = [["", "open"], ["all", "open and resolved"]];

export const title = () => "Incidents";

export async function load({ query }, get) {
  const [totals, list, hours] = await Promise.all([
    get("totals"),
    get("incidents", { state: "open", ...query, limit: LIMIT }),
    get("hours", { since: "48h", broker: query.broker }),
  ]);
  // What turned out to be another incident's is that one's now.
  return { totals, list: { ...list, incidents: list.incidents.filter((one) => !one.merged_into) }, hours: hours.hours };
}

export function render({ totals, list, hours }, route) {
  return [
    heading("Incidents"),
    figures(totals),
    traffic(hours),
    filters(route, STATES, totals.brokers),
    list.incidents.length > 0
      ? table(caption(list), COLUMNS, list.incidents, (incident) => incident.id)
      : none(totals, route),
    pager(route, list.next),
    h("p", { class: "faint" }, totals.oldest ? ["The store goes back to ", time(totals.oldest, { full: true }), ", "] : null,
      `${bytes(totals.store_bytes)}; tlswatchd ${totals.version}`),
  ];
}

/// The fleet in one line; each figure leads to what it counts.
function figures(totals) {
  const figure = (value, words, href, kind) => h("li", {},
    h("a", { href, class: value > 0 ? kind : null }, h("b", {}, count(value)), " ", words));
  return h("ul", { class: "figures" },
    figure(totals.open_incidents, totals.open_incidents === 1 ? "open incident" : "open incidents", link("incidents"), "bad"),
    figure(totals.failing, "failing", link("devices", undefined, { state: "failing" }), "bad"),
    figure(totals.out_of_policy, "out of policy", link("compliance"), "warn"),
    figure(totals.connected, "connected", link("devices"), "good"),
    figure(totals.devices, totals.devices === 1 ? "device" : "devices", link("devices")));
}

function traffic(hours) {
  const of = (good) => byHour(hours.filter((hour) => (hour.cause === null) === good), "count");
  const row = (words, good, kind) => {
    const bins = of(good);
    return h("div", {}, h("span", {}, words), bars(bins, words, { height: 28, kind }),
      h("span", { class: "number" }, count(bins.reduce((sum, value) => sum + value, 0))));
  };
  return h("div", { class: "traffic" }, row("Failures", false, "bad"), row("Good handshakes", true, "good"),
    h("p", { class: "faint" }, h("span", {}, "48 hours ago"), h("span", {}, "now")));
}

/// Whose failures they are: a certificate by the first digits of its SHA-256, or a device's code.
const subject = (text) => (/^[0-9a-f]{64}$/.test(text) ? `certificate ${text.slice(0, 8)}…` : text);

const caption = (list) => `${counted(list.incidents.length, "incident")}${list.next ? ", and more" : ""}`;

const COLUMNS = [
  { head: "What happens", class: "main", cell: (one) => [
    h("a", { href: link("incidents", one.id), "data-row": true }, headline(one.cause)),
    h("div", { class: "faint" }, [one.profile, one.listener_port ? `port ${one.listener_port}` : "", subject(one.subject)]
      .filter((part) => part).map((part, at) => [at > 0 ? " · " : "", outside(part)]))] },
  { head: "State", cell: (one) => badge(one.state, one.state === "open" ? "bad" : "good") },
  { head: "Broker", class: "tight", cell: (one) => one.broker },
  { head: "Devices", class: "number", cell: (one) => `${one.devices_at_least ? "at least " : ""}${count(one.devices)}` },
  { head: "Failures", class: "number", cell: (one) => count(one.failures) },
  { head: "Last 48 hours", class: "trend", cell: (one) => bars(byHour(one.hours, "failures"), "Failures") },
  { head: "First seen", class: "when", cell: (one) => time(one.first_seen) },
  { head: "Last seen", class: "when", cell: (one) => time(one.last_seen) },
];

function none(totals, { query }) {
  const filtered = Object.keys(query).some((name) => name !== "state");
  if (filtered) return empty("No incident like that", "Take a filter away, or ", all(), ".");
  if (totals.devices === 0) {
    return empty("Nothing was seen yet", "No device has come to a broker since this store began. Look whether mosquitto.conf "
      + "loads mosquitto_tlswatch.so, and whether the ring in tlswatch.yaml is the plugin's.");
  }
  return empty("No open incident", `${counted(totals.connected, "device")} connected, ${count(totals.failing)} failing. `,
    all(), " shows what is over.");
}

const all = () => h("a", { href: link("incidents", undefined, { state: "all" }) }, "all incidents");
