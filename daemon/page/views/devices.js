/// Devices: all, or those that a filter or a search leaves; a hundred at a time.
import { h, outside } from "../dom.js";
import { headline } from "../causes.js";
import { count, counted, time } from "../format.js";
import { deviceLink, deviceState, empty, filters, heading, pager, table, verdict } from "../parts.js";
import { link } from "../router.js";

const LIMIT = 100;
const STATES = [["", "all"], ["failing", "failing"]];

export const title = ({ query }) => (query.search ? `Search: ${query.search}` : "Devices");

export async function load({ query }, get) {
  const [totals, list] = await Promise.all([
    get("totals"),
    get("devices", { state: "all", ...query, search: query.search?.trim(), limit: LIMIT }),
  ]);
  return { totals, list };
}

export function render({ totals, list }, route) {
  const filtered = Object.keys(route.query).some((name) => name !== "after");
  return [
    heading("Devices"),
    filters(route, STATES, totals.brokers),
    list.devices.length > 0
      ? table(caption(list, filtered, totals), COLUMNS, list.devices, (device) => `${device.broker}/${device.id}`)
      : none(route, filtered),
    pager(route, list.next),
  ];
}

function caption(list, filtered, totals) {
  if (filtered) return `${counted(list.devices.length, "device")}${list.next ? ", and more" : ""}; failing ones first`;
  return `${count(list.devices.length)} of ${counted(totals.devices, "device")}; failing ones first`;
}

const key = (server) => (server?.algorithm ? `${server.algorithm} ${server.bits}` : null);
const dash = (value) => value ?? h("span", { class: "faint" }, "–");

const COLUMNS = [
  { head: "Device", class: "main", cell: (one) => deviceLink(one.id, one.broker, { row: true }) },
  { head: "State", cell: (one) => deviceState(one.state) },
  { head: "Last failure", class: "cause", cell: (one) => (one.cause
    ? [headline(one.cause), " ", h("span", { class: "faint" }, time(one.last_failure))] : dash(null)) },
  { head: "Broker", class: "tight", cell: (one) => one.broker },
  { head: "Address", cell: (one) => dash(one.source?.ip) },
  { head: "TLS", cell: (one) => dash(one.tls?.version) },
  { head: "MFLN", class: "number", cell: (one) => (one.tls?.version ? String(one.tls.mfln?.negotiated ?? "none") : dash(null)) },
  { head: "Key", class: "tight", cell: (one) => dash(key(one.tls?.server_key)) },
  { head: "Policy", class: "tight", cell: (one) => [verdict(one.policy?.verdict), one.policy?.profile
    ? h("div", { class: "faint" }, outside(one.policy.profile)) : null] },
  { head: "Last seen", class: "when", cell: (one) => time(one.last_seen) },
];

function none({ query }, filtered) {
  if (query.search) {
    return empty("No such device", "No client id has ", h("b", {}, outside(query.search)), " in it, and no address begins with it. A device that "
      + "never got through TLS has no name yet: look for its address, or through ", h("a", { href: link("incidents") }, "the incidents"), ".");
  }
  if (filtered) return empty("No device like that", "Take a filter away, or see ", h("a", { href: link("devices") }, "all devices"), ".");
  return empty("No device was seen yet", "Look whether mosquitto.conf loads mosquitto_tlswatch.so, and whether the ring in "
    + "tlswatch.yaml is the plugin's.");
}
