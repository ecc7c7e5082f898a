/// A device's time line: the broker's side in the left lane, the device's in the right one, what tlswatch made of both
/// across them; the latest first.
import { h, outside } from "../dom.js";
import { headline } from "../causes.js";
import { bytes, count, time } from "../format.js";
import { facts } from "../parts.js";

const SHOWN = 200;
const SIDES = { broker: "Broker", device: "Device", tlswatch: "tlswatch" };

export function timeline(entries) {
  if (entries.length === 0) return h("p", { class: "faint" }, "Nothing is kept of it any more.");
  return [
    h("div", { class: "lanes", "aria-hidden": "true" }, h("span", {}, "Broker"), h("span", {}, "Device")),
    h("ol", { class: "timeline" }, entries.slice(0, SHOWN).map(entry)),
    entries.length > SHOWN ? h("p", { class: "faint" }, `The latest ${SHOWN} of ${count(entries.length)}.`) : null,
  ];
}

function entry(one) {
  const bad = one.kind === "diagnosis" || one.session?.established === false;
  const more = one.session ? session(one.session) : one.event ? raw(one.event) : null;
  const key = one.session?.id ?? one.event?.event?.id ?? `${one.at} ${one.kind}`;
  const head = [time(one.at, { full: true }), " ", h("span", { class: "lane" }, SIDES[one.side] ?? one.side), " ",
    h("span", { class: "text" }, outside(one.text))];
  return h("li", { class: `${one.side} ${bad ? "bad" : ""}`.trim() }, more
    ? h("details", { "data-key": `${one.kind} ${key}` }, h("summary", { "data-row": true }, head), more)
    : h("p", {}, head));
}

function session(one) {
  const tls = one.tls ?? {};
  return facts([
    ["Stage", one.established ? "established" : `failed after ${one.stage}`],
    ["Cause", one.cause && headline(one.cause)],
    ["Ended", one.ended && [time(one.ended, { full: true }), one.end_reason ? `, ${one.end_reason}` : ""]],
    ["Handshake", one.handshake_ms !== null && one.handshake_ms !== undefined && `${count(Math.round(one.handshake_ms))} ms`],
    ["From", one.source?.ip && `${one.source.ip}${one.source.port ? `:${one.source.port}` : ""} to port ${one.listener_port}`],
    ["Server name", one.server_name && outside(one.server_name)],
    ["TLS", tls.version && `${tls.version}, ${tls.cipher}`],
    ["MFLN", tls.version && String(tls.mfln?.negotiated ?? "none")],
    ["Alerts", one.alerts?.length > 0 && one.alerts.join("; ")],
    ["OpenSSL", one.openssl && outside(one.openssl)],
    ["Policy", one.policy?.violations?.length > 0 && one.policy.violations.map((text) => h("div", {}, outside(text)))],
    ["Bytes", one.bytes_in > 0 && `${bytes(one.bytes_in)} in, ${bytes(one.bytes_out)} out`],
    ["Named by", one.identity?.how],
    ["Session", h("code", {}, one.id)],
  ].filter(([, value]) => value));
}

/// A line of the event log as it is.
function raw(line) {
  return h("pre", { dir: "ltr", tabindex: "0" }, outside(JSON.stringify(line, null, 1)));
}
