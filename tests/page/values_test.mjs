// The page's modules that need no browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CAUSES, headline } from "../../daemon/page/causes.js";
import { byHour, HOURS } from "../../daemon/page/chart.js";
import { ago, bytes, count, daysLeft, percent } from "../../daemon/page/format.js";
import { EventStream } from "../../daemon/page/live.js";
import { link, parse } from "../../daemon/page/router.js";
import { byProfile } from "../../daemon/page/views/compliance.js";
import { installed } from "./installed.mjs";
import { Fake } from "./fake.mjs";

const { default: Ajv } = installed("ajv/dist/2020.js");

const schema = JSON.parse(readFileSync(new URL("../../deploy/event-log.schema.json", import.meta.url)));

test("every cause of the event log has a headline, and no other", () => {
  assert.deepEqual([...CAUSES].sort(), [...schema.definitions.cause.enum].sort());
  assert.equal(headline("constructor"), "constructor");
});

test("a view's link leads to the view, whatever its thing is called", () => {
  for (const id of ["plug", "a/b?c#d&e=f%g", "<b>", "\u202E", "edge-1:i77", " ", "%2F", "日本"]) {
    const { view, id: back, query } = parse(link("devices", id, { broker: "a&b", since: "" }));
    assert.deepEqual({ view, back, query }, { view: "devices", back: id, query: { broker: "a&b" } });
  }
});

test("what is no view of ours is none", () => {
  for (const hash of ["#/nothing", "#/compliance/x", "#/devices/%E0%A4", "#__proto__", "#/constructor"]) assert.equal(parse(hash), null, hash);
  assert.equal(parse("").view, "incidents");
});

test("an event stream may be cut anywhere", () => {
  const text = ": hello\n\nid: 1\r\nevent: diagnosis\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n: beat\n\nevent:incident-opened\ndata:x: y\n\ndata: half";
  for (let size = 1; size <= text.length; size += 1) {
    const seen = [];
    const stream = new EventStream((event) => seen.push(event));
    for (let at = 0; at < text.length; at += size) stream.push(text.slice(at, at + size));
    assert.deepEqual(seen, [{ id: "1", event: "diagnosis", data: "{\"a\":\n1}" }, { id: "1", event: "incident-opened", data: "x: y" }], `pieces of ${size}`);
  }
});

test("a chart has 48 hours, the last one is now", () => {
  const now = Date.parse("2026-11-25T09:30:00Z");
  const from = (hours) => new Date(Date.parse("2026-11-25T09:00:00Z") - hours * 3_600_000).toISOString();
  const bins = byHour([{ from: from(0), n: 5 }, { from: from(47), n: 7 }, { from: from(48), n: 9 }, { from: from(47), n: 1 }], "n", now);
  assert.deepEqual([bins.length, bins.at(-1), bins[0], bins.reduce((a, b) => a + b)], [HOURS, 5, 8, 13]);
});

test("numbers and times are as people read them", () => {
  const now = Date.parse("2026-11-25T09:30:00Z");
  assert.equal(count(1234567), "1,234,567");
  assert.equal(count(null), "–");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(0), "0 B");
  assert.deepEqual([0.004, 0.5, 0.999, 1, 0].map(percent), ["under 1%", "50%", "over 99%", "100%", "0%"]);
  assert.equal(ago("2026-11-25T09:28:59Z", now), "1 min ago");
  assert.equal(ago("2026-11-25T09:31:00Z", now), "now");
  assert.equal(daysLeft("2026-11-26T09:29:00Z", now), 0);
  assert.equal(daysLeft("2026-11-25T09:29:00Z", now), -1);
});

test("compliance sums up brokers, and what violates comes first", () => {
  const row = (profile, requirement, value, devices) => ({ broker: "b", profile, requirement, value, devices });
  const [first, second] = byProfile([row("good", "verdict", "pass", 9), row("bad", "verdict", "violation", 1), row("bad", "mfln", "none", 1),
    row("bad", "mfln", "1024", 2), row("bad", "mfln", "1024", 3)]);
  assert.deepEqual([first.profile, first.devices, first.requirements.get("mfln")], ["bad", 6, [["1024", 5], ["none", 1]]]);
  assert.equal(second.profile, "good");
});

test("the fake daemon answers as the API's OpenAPI file says", () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema(JSON.parse(readFileSync(new URL("../../daemon/http/openapi.json", import.meta.url))), "api");
  const fake = new Fake({ devices: 1200, hostile: true });
  const query = new URLSearchParams();
  for (const [path, schema] of [[["totals"], "Totals"], [["incidents"], "Incidents"], [["incidents", "edge-1%3Ai1"], "IncidentStory"], [["devices"], "Devices"],
    [["devices", "plug-001000"], "DeviceStories"], [["devices", "plug-000011"], "DeviceStories"], [["certificates"], "Certificates"], [["compliance"], "ComplianceRows"], [["hours"], "Hours"]]) {
    const valid = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
    const answer = fake.value(path, query);
    assert.ok(valid(answer), `${path}: ${ajv.errorsText(valid.errors?.slice(0, 3))}`);
  }
});
