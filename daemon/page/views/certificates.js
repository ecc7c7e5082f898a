/// Certificates: what ends first comes first.
import { h, outside } from "../dom.js";
import { counted, daysLeft, stamp, time } from "../format.js";
import { badge, deviceLink, empty, heading, table } from "../parts.js";

const SHOWN = 500;
const URGENT_DAYS = 7;
const SOON_DAYS = 30;

export const title = () => "Certificates";

export const load = (route, get) => get("certificates");

export function render({ certificates }) {
  const shown = certificates.slice(0, SHOWN);
  return [
    heading("Certificates"),
    h("p", { class: "under" }, "What listeners showed, and clients' certificates that come near their end."),
    shown.length > 0 ? table(shown.length < certificates.length ? `The first ${SHOWN} of ${counted(certificates.length, "certificate")}`
      : counted(shown.length, "certificate"), COLUMNS, shown, (one) => `${one.broker} ${one.listener_port} ${one.sha256}`)
      : empty("No certificate was seen yet", "A listener's stands here after its first handshake."),
  ];
}

function left(one) {
  const days = daysLeft(one.not_after);
  if (days < 0) return badge(`ended ${counted(-days, "day")} ago`, "bad");
  return badge(`${counted(days, "day")}`, days < URGENT_DAYS ? "bad" : days < SOON_DAYS ? "warn" : "good");
}

const COLUMNS = [
  { head: "Left", cell: left },
  { head: "Ends", class: "when", cell: (one) => h("time", { datetime: one.not_after, title: one.not_after }, stamp(one.not_after)) },
  { head: "Of", class: "main", cell: (one) => (one.device ? ["device ", deviceLink(one.device, one.broker, { row: true })]
    : one.side === "device" ? "a device" : `listener ${one.listener_port}`) },
  { head: "Broker", class: "tight", cell: (one) => one.broker },
  { head: "Subject", cell: (one) => outside(one.subject ?? "–") },
  { head: "Issuer", cell: (one) => outside(one.issuer ?? "–") },
  { head: "Key", class: "tight", cell: (one) => (one.key?.algorithm ? `${one.key.algorithm} ${one.key.bits}` : "–") },
  { head: "Last seen", class: "when", cell: (one) => time(one.last_seen) },
];
