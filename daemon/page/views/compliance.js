/// Compliance: what the fleet negotiates, by profile.
import { h, outside } from "../dom.js";
import { stack } from "../chart.js";
import { count, counted, percent } from "../format.js";
import { empty, filters, heading, panel, table } from "../parts.js";
import { link } from "../router.js";

const REQUIREMENTS = [["mfln", "MFLN"], ["version", "TLS version"], ["cipher", "Cipher"], ["key", "Server key"]];
const VERDICTS = [["pass", "good"], ["violation", "bad"], ["unknown", "unknown"]];

export const title = () => "Compliance";

export async function load({ query }, get) {
  const [totals, answer] = await Promise.all([get("totals"), get("compliance", { broker: query.broker })]);
  return { totals, rows: answer.compliance };
}

export function render({ totals, rows }, route) {
  const profiles = byProfile(rows);
  return [
    heading("Compliance"),
    h("p", { class: "under" }, "Each device by its latest good session, against the profile that is for it."),
    filters(route, null, totals.brokers),
    profiles.length > 0 ? [verdicts(profiles), profiles.map((one) => details(one, route))]
      : empty("No session to judge yet", "As soon as a device gets through TLS, it stands here."),
  ];
}

/// [{profile, devices, requirements: Map(requirement -> [[value, devices]])}], those with violations first; brokers are
/// summed up.
export function byProfile(rows) {
  const found = new Map();
  for (const { profile, requirement, value, devices } of rows) {
    if (!found.has(profile)) found.set(profile, new Map());
    const values = found.get(profile);
    if (!values.has(requirement)) values.set(requirement, new Map());
    values.get(requirement).set(value, (values.get(requirement).get(value) ?? 0) + devices);
  }
  const of = (values, requirement) => [...(values.get(requirement) ?? [])].sort(([, a], [, b]) => b - a);
  const sum = (pairs) => pairs.reduce((total, [, devices]) => total + devices, 0);
  return [...found].map(([profile, values]) => ({
    profile,
    requirements: new Map([...values.keys()].map((requirement) => [requirement, of(values, requirement)])),
    devices: Math.max(...[...values.keys()].map((requirement) => sum(of(values, requirement)))),
    violations: values.get("verdict")?.get("violation") ?? 0,
  })).sort((a, b) => b.violations - a.violations || b.devices - a.devices);
}

const name = (profile) => (profile ? outside(profile) : h("span", { class: "faint" }, "no profile"));

function verdicts(profiles) {
  const of = (one, word) => one.requirements.get("verdict")?.find(([value]) => value === word)?.[1] ?? 0;
  return table("Verdicts by profile", [
    { head: "Profile", class: "main", cell: (one) => (one.profile
      ? h("a", { href: link("devices", undefined, { profile: one.profile }), "data-row": true }, name(one.profile)) : name(one.profile)) },
    { head: "Devices", class: "number", cell: (one) => count(one.devices) },
    ...VERDICTS.map(([word]) => ({ head: word, class: "number", cell: (one) => count(of(one, word)) })),
    { head: "Share", class: "trend", cell: (one) => stack(VERDICTS.map(([word, kind]) => ({ share: of(one, word) / one.devices, kind })),
      `${percent(of(one, "pass") / one.devices)} pass, ${percent(of(one, "violation") / one.devices)} violate`) },
  ], profiles, (one) => `profile ${one.profile}`);
}

function details(one) {
  const rows = REQUIREMENTS.flatMap(([requirement, words]) => (one.requirements.get(requirement) ?? [])
    .map(([value, devices], at) => ({ requirement, words: h(at === 0 ? "b" : "span", { class: at === 0 ? null : "faint" }, words), value, devices })));
  if (rows.length === 0) return null;
  return panel(name(one.profile), {}, table(counted(one.devices, "device"), [
    { head: "What", cell: (row) => row.words },
    { head: "Value", class: "value", cell: (row) => h("code", {}, outside(row.value || "not known")) },
    { head: "Devices", class: "number", cell: (row) => count(row.devices) },
    { head: "Share", class: "trend", cell: (row) => stack([{ share: row.devices / one.devices, kind: "plain" }], percent(row.devices / one.devices)) },
  ], rows, (row) => `${one.profile} ${row.requirement} ${row.value}`));
}
