/// One incident: what it means, what to do, who is in it, and why we think so.
import { h, outside } from "../dom.js";
import { bars, byHour } from "../chart.js";
import { headline } from "../causes.js";
import { count, counted, percent, time } from "../format.js";
import { alternatives, badge, deviceLink, evidence, facts, heading, identity, panel, prose, remedy, table } from "../parts.js";
import { link } from "../router.js";

const VICTIMS = 200;
const DIAGNOSES = 20;

export const title = (route, data) => (data ? headline(data.incident.cause) : "Incident");

export const load = ({ id }, get) => get(`incidents/${encodeURIComponent(id)}`);

export function render({ incident, fix, meaning, victims, diagnoses: kept }) {
  const diagnoses = kept.filter((line) => line !== null);
  return [
    heading(headline(incident.cause)),
    h("p", { class: "under" }, badge(incident.state, incident.state === "open" ? "bad" : "good"), " ",
      `${incident.devices_at_least ? "at least " : ""}${counted(incident.devices, "device")}, `,
      `${counted(incident.failures, "failure")} at ${incident.broker}; last `, time(incident.last_seen)),
    incident.merged_into ? h("p", {}, "Its failures turned out to be another incident's: ",
      h("a", { href: link("incidents", incident.merged_into) }, "see that one"), ".") : null,
    h("div", { class: "columns" },
      panel("Why", { class: "answer" }, meaning === fix ? null : prose(meaning), fix ? remedy(fix) : null,
        diagnoses.length > 0 ? [h("h3", {}, "For example ", name(diagnoses[0])), evidence(diagnoses[0].tlswatch.evidence)] : null),
      panel("Facts", {}, bars(byHour(incident.hours, "failures"), "Failures", { height: 36 }), about(incident))),
    panel("Who", {}, who(victims, incident)),
    panel("Diagnoses", {}, diagnoses.length > 0 ? diagnoses.slice(0, DIAGNOSES).map(diagnosis)
      : h("p", { class: "faint" }, "None is kept any more.")),
  ];
}

function about(incident) {
  return facts([
    ["Cause", h("code", {}, incident.cause)],
    ["Profile", incident.profile && outside(incident.profile)],
    [/^[0-9a-f]{64}$/.test(incident.subject) ? "Certificate" : "Code", incident.subject && h("code", {}, outside(incident.subject))],
    ["Port", incident.listener_port && String(incident.listener_port)],
    ["First seen", time(incident.first_seen, { full: true })],
    ["Last seen", time(incident.last_seen, { full: true })],
    ["Resolved", incident.resolved_at && time(incident.resolved_at, { full: true })],
    ["Came back", incident.reopened > 0 && counted(incident.reopened, "time")],
    ["Id", h("code", {}, incident.id)],
  ].filter(([, value]) => value));
}

function who(victims, incident) {
  if (victims.length === 0) return h("p", { class: "faint" }, "Nobody is in it any more.");
  const shown = victims.slice(0, VICTIMS);
  return [
    table(shown.length < incident.devices ? `${count(shown.length)} of ${count(incident.devices)} devices` : counted(shown.length, "device"), [
      { head: "Device", class: "main", cell: (one) => (one.device ? deviceLink(one.device, one.broker, { row: true })
        : h("span", { class: "faint" }, "not known by name")) },
      { head: "Address", cell: (one) => (one.source?.ip ? h("a", { href: link("devices", undefined, { search: one.source.ip }) }, one.source.ip) : "–") },
      { head: "Now", cell: (one) => badge(one.failing ? "failing" : "well again", one.failing ? "bad" : "good") },
      { head: "Failures", class: "number", cell: (one) => count(one.failures) },
      { head: "Last failure", class: "when", cell: (one) => time(one.last_failure) },
    ], shown, (one) => `victim ${one.device ?? ""} ${one.source?.ip ?? ""}`),
    shown.length < incident.devices ? h("p", {}, h("a", { href: link("devices", undefined,
      { state: "failing", cause: incident.cause, broker: incident.broker }) }, "All that fail for this cause")) : null,
  ];
}

/// Whom a diagnosis is about.
const name = (line) => outside(line.device?.id ?? line.source?.ip ?? "somebody");

/// A diagnosis line of the event log.
function diagnosis(line) {
  const said = line.tlswatch;
  return h("details", { class: "entry", "data-key": `diagnosis ${line.event.id}` },
    h("summary", { "data-row": true }, time(line["@timestamp"], { full: true }), " ", h("b", {}, name(line)), " ",
      h("span", { class: "faint" }, said.count > 1 ? `${counted(said.count, "failure")}, ` : null, `${percent(said.confidence)} sure`)),
    evidence(said.evidence), alternatives(said.alternatives),
    identity(said.identity), line.device?.id ? h("p", {}, deviceLink(line.device.id, line.broker.name)) : null);
}
