/// One device: how it is, why it failed, what to do, and both sides on one time line.
import { h, outside } from "../dom.js";
import { headline } from "../causes.js";
import { count, counted, percent, time } from "../format.js";
import { alternatives, deviceState, empty, evidence, facts, heading, identity, panel, prose, remedy, verdict } from "../parts.js";
import { link } from "../router.js";
import { timeline } from "./timeline.js";

export const title = ({ id }) => id;

export const load = ({ id, query }, get) => get(`devices/${encodeURIComponent(id)}`, { broker: query.broker });

export function render({ devices }, { id }) {
  if (devices.length === 0) {
    return [heading(outside(id)), empty("No such device", "No broker has seen this client id within what the store keeps. ",
      h("a", { href: link("devices", undefined, { search: id }) }, "Search for it"), ".")];
  }
  return [heading(outside(id)), devices.map((one) => atBroker(one, devices.length > 1))];
}

function atBroker({ device, why, timeline: entries }, several) {
  return [
    several ? h("h2", {}, "At ", device.broker) : null,
    h("p", { class: "under" }, deviceState(device.state), ` at ${device.broker}; seen `, time(device.last_seen)),
    h("div", { class: "columns" }, reason(device, why), h("div", {}, session(device), policy(device.policy))),
    panel("Time line", {}, timeline(entries)),
  ];
}

function reason(device, why) {
  if (!why) {
    return panel("Why", { class: "answer" }, h("p", {}, device.failures > 0
      ? "It failed, but no diagnosis is kept any more." : "No failure of this device is known."));
  }
  return panel("Why", { class: "answer" },
    h("p", { class: "verdict" }, h("b", {}, headline(why.cause)), " ", h("span", { class: "faint" }, `${percent(why.confidence)} sure, `, time(why.at))),
    device.state === "connected" ? h("p", {}, "It got through since then; this is its latest failure.") : null,
    why.meaning === why.fix ? null : prose(why.meaning), why.fix ? remedy(why.fix) : null, evidence(why.evidence), alternatives(why.alternatives),
    why.identity.how && why.identity.how !== "session" ? identity(why.identity) : null,
    why.incident ? h("p", {}, h("a", { href: link("incidents", why.incident) }, "Who else has this")) : null);
}

function session(device) {
  const tls = device.tls ?? {};
  const mfln = tls.mfln ?? {};
  const kept = { true: "kept", false: "not kept" }[mfln.honoured];
  return panel("Latest good session", {}, facts([
    ["Version", tls.version && `TLS ${tls.version}${tls.resumed ? ", resumed" : ""}`],
    ["Cipher", tls.cipher && h("code", {}, tls.cipher)],
    ["Strength", tls.cipher_bits && `${tls.cipher_bits} bits`],
    ["Curve", tls.curve],
    ["Server key", tls.server_key?.algorithm && `${tls.server_key.algorithm} ${tls.server_key.bits}`],
    ["MFLN", tls.version && `${mfln.requested ? `asked ${mfln.requested}` : "not asked"}, got ${mfln.negotiated ?? "none"}${kept ? `, ${kept}` : ""}`],
    ["Largest record", mfln.max_record_sent && `${count(mfln.max_record_sent)} bytes`],
    ["Address", device.source?.ip && h("a", { href: link("devices", undefined, { search: device.source.ip }) }, device.source.ip)],
    ["JA4", device.ja4 && h("code", {}, device.ja4)],
    ["Firmware", device.firmware && outside(device.firmware)],
    ["Sessions", `${count(device.sessions)} good, ${counted(device.failures, "failure")}`],
    ["First seen", time(device.first_seen, { full: true })],
    ["Last success", time(device.last_success, { full: true })],
    ["Last failure", time(device.last_failure, { full: true })],
  ]));
}

function policy(judged) {
  if (!judged?.profile) {
    return panel("Policy", {}, h("p", { class: "faint" }, "No profile is for this device: profiles.yaml says which are for whom."));
  }
  return panel("Policy", {}, h("p", {}, verdict(judged.verdict), " ",
    h("a", { href: link("devices", undefined, { profile: judged.profile }) }, outside(judged.profile))),
  judged.violations.length > 0 ? h("ul", {}, judged.violations.map((one) => h("li", {}, outside(one)))) : null);
}
