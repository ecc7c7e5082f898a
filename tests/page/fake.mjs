// A daemon for what a real one cannot be brought to: 401, errors, silence, a hundred thousand devices at once, text that
// no broker lets through. Serves daemon/page and answers the API from values; run alone, it is there to look at.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { dirname, extname, join, normalize } from "node:path";

const PAGE = join(dirname(fileURLToPath(import.meta.url)), "../../daemon/page");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HOUR = 3_600_000;
const CIPHER = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

const at = (ago) => new Date(Date.now() - ago).toISOString();

// What a device might call itself.
export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "\"><svg/onload=alert(1)>",
  "javascript:alert(1)",
  "invoice\u202Egnp.exe",
  "\u2066\u2067\u202B\u0627\u0644\u062C\u0647\u0627\u0632",
  "bell\u0007tab\tline\nnull\u0000",
  "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C\u030D\u030E\u030F",
  "../../etc/passwd?x=1#y&z=%00%zz",
  `${"w".repeat(4000)}`,
];

export const device = (n, id = `plug-${String(n).padStart(6, "0")}`) => {
  const failing = n % 1000 === 0;
  return {
    id, broker: n % 3 === 0 ? "edge-2" : "edge-1", state: failing ? "failing" : n % 7 === 0 ? "gone" : "connected",
    first_seen: at(40 * 24 * HOUR), last_seen: at((n % 500) * 60_000), last_success: failing ? null : at((n % 500) * 60_000),
    last_failure: failing ? at(n * 10) : null, sessions: n % 90, failures: failing ? 12 : 0,
    source: { ip: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` }, ja4: "t12d010600_f06271c2b022_6da290a7acdc", firmware: "14.2",
    tls: { version: "1.2", cipher: CIPHER, cipher_bits: 128, curve: "secp256r1", resumed: false,
      mfln: { requested: 1024, negotiated: 1024, honoured: true, max_record_sent: 855 }, server_key: { algorithm: "RSA", bits: 2048 } },
    policy: { profile: "tasmota-esp8266", verdict: n % 50 === 0 ? "violation" : "pass",
      violations: n % 50 === 0 ? ["cipher: wanted forward secrecy, seen TLS_RSA_WITH_AES_128_GCM_SHA256"] : [] },
    cause: failing ? "no-shared-cipher" : null, incident: failing ? "edge-1:i1" : null,
  };
};

const hours = (field, of) => Array.from({ length: 48 }, (unused, n) => ({ from: at((47 - n) * HOUR), [field]: of(n) }))
  .filter((one) => one[field] > 0);

export const incident = (n, cause, more = {}) => ({
  id: `edge-1:i${n}`, broker: "edge-1", cause, profile: "tasmota-esp8266", subject: "1889e93d7ccdfdf55f2ef2d099ec184ac9de13239116eb85871dd59a80df22ca", listener_port: 8883,
  state: "open", first_seen: at(30 * HOUR), last_seen: at(n * 60_000), resolved_at: null, devices: 100, devices_at_least: false,
  failures: 1234 * n, reopened: 1, merged_into: null, hours: hours("failures", (hour) => (hour > 17 ? (hour * n * 7) % 23 : 0)), ...more,
});

const EVIDENCE = [
  { side: "broker", what: "OpenSSL: no shared cipher" }, { side: "broker", what: "alert sent: fatal handshake_failure (40)" },
  { side: "broker", what: "ended after client-hello" },
  { side: "device", what: "296 BR_ERR_RECV_FATAL_ALERT+40: the broker found nothing both sides can use" },
];
const FIX = "Issue an RSA certificate (`certbot --key-type rsa --rsa-key-size 2048`), or let the device speak ECDSA (SetOption165 1).";
const MEANING = "The broker's certificate has an EC key and the device's ciphers need RSA; certbot makes EC keys since 2.0.";
const ELSE = [{ cause: "client-cert-missing", confidence: 0.05 }, { cause: "server-cert-untrusted", confidence: 0.03 }];

export const diagnosis = (n, id) => ({
  "@timestamp": at(n * 60_000), event: { action: "diagnosis", id: `edge-1:18eb:${n}.1` }, broker: { name: "edge-1" },
  message: `${id}: no shared cipher`, device: { id }, source: { ip: "10.0.0.7", port: 51515 },
  tlswatch: { sessions: [`edge-1:18eb:${n}`], identity: { how: "report", proof: "none", confidence: 1, candidates: [] },
    cause: "no-shared-cipher", confidence: 0.98, fix: FIX, evidence: EVIDENCE, alternatives: ELSE, incident: "edge-1:i1", count: n },
});

const NO_TLS = { version: null, cipher: null, cipher_bits: null, curve: null, resumed: false,
  mfln: { requested: 1024, negotiated: null, honoured: null, max_record_sent: null }, server_key: { algorithm: null, bits: null } };

const session = (n, established) => ({
  id: `edge-1:18eb:${n}`, started: at(n * HOUR), ended: at(n * HOUR - 9000), handshake_ms: established ? 412.3 : null,
  source: { ip: "10.0.0.7", port: 51515 }, listener_port: 8883, server_name: "broker.example", ja4: "t12d010600_f06271c2b022_6da290a7acdc",
  established, stage: established ? "established" : "client-hello", tls: established ? device(1).tls : NO_TLS, policy: device(50).policy,
  alerts: established ? [] : ["sent handshake_failure"], openssl: established ? null : "no shared cipher", end_reason: "closed",
  bytes_in: 311, bytes_out: 1426, cause: established ? null : "no-shared-cipher", identity: { how: "report" },
});

const timeline = (id) => [
  { at: at(60_000), side: "tlswatch", kind: "diagnosis", text: `${id}: ${MEANING}`, session: null, event: diagnosis(1, id) },
  { at: at(61_000), side: "device", kind: "device-report", text: "The device reports 296 BR_ERR_RECV_FATAL_ALERT+40, 12 times", session: null,
    event: { "@timestamp": at(61_000), event: { action: "device-report", id: "edge-1:18eb:3" }, tlswatch: { device_error: { code: 296, count: 12 } } } },
  { at: at(62_000), side: "broker", kind: "session", text: "TLS 1.2 session of 9 s from 10.0.0.7", session: session(1, true), event: null },
  { at: at(HOUR), side: "broker", kind: "session", text: "Handshake from 10.0.0.7 failed after client-hello: no shared cipher",
    session: session(2, false), event: null },
];

const why = (id) => ({ cause: "no-shared-cipher", meaning: MEANING, confidence: 0.98, fix: FIX, evidence: EVIDENCE, alternatives: ELSE,
  identity: { how: "report", confidence: 1, candidates: [id, "plug-000002"] }, incident: "edge-1:i1", at: at(60_000), sessions: ["edge-1:18eb:2"] });

// Fake: `devices` of them, all values as they are handed in.
export class Fake {
  constructor({ devices = 12, hostile = false, token = null } = {}) {
    this.count = devices;
    this.ids = hostile ? HOSTILE : [];
    this.token = token;
    this.failWith = null;   // {status, body} for the whole API
    this.asked = [];        // what was asked, in order
    this.streams = new Set();
    this.incidents = [
      incident(1, "no-shared-cipher"), incident(2, "fingerprint-mismatch", { devices: 1 }), incident(3, "server-cert-expired", { devices: 37, devices_at_least: true }),
      incident(4, "device-clock-wrong", { state: "resolved", resolved_at: at(HOUR), failures: 3 }),
    ];
    this.server = createServer((request, response) => this.answer(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    }));
  }

  async listen(port = 0) {
    await new Promise((resolve) => { this.server.listen(port, "127.0.0.1", resolve); });
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  /// Sends an event to all who listen.
  say(action, line) {
    for (const stream of this.streams) stream.write(`id: ${line.event?.id ?? "1"}\nevent: ${action}\ndata: ${JSON.stringify(line)}\n\n`);
  }

  /// Ends all streams; further ones are refused until `refuse` is false.
  hangUp(refuse) {
    this.refuse = refuse;
    for (const stream of this.streams) stream.destroy();
  }

  device(n) {
    return n < this.ids.length ? { ...device(1000, this.ids[n]), broker: "edge-1" } : device(n);
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://fake");
    const headers = { "Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };
    if (!url.pathname.startsWith("/api/")) {
      const file = url.pathname === "/" ? "index.html" : normalize(url.pathname.replace(/^\/assets\//, ""));
      const body = await readFile(join(PAGE, file));
      response.writeHead(200, { ...headers, "Content-Type": TYPES[extname(file)] }).end(body);
      return;
    }
    this.asked.push(request.url);
    const json = (status, value) => response.writeHead(status, { ...headers, "Content-Type": "application/json" }).end(JSON.stringify(value));
    const refused = (status, message) => json(status, { error: { status, message } });
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`) return refused(401, "Send the token.");
    const path = url.pathname.replace("/api/v1/", "");
    if (path === "events") {
      if (this.refuse) return request.socket.destroy();
      this.lastEventId = request.headers["last-event-id"] ?? null;
      response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
      response.write(": hello\n\n");
      this.streams.add(response);
      response.on("close", () => this.streams.delete(response));
      return undefined;
    }
    if (this.failWith) return response.writeHead(this.failWith.status, headers).end(this.failWith.body);
    const value = this.value(path.split("/"), url.searchParams);
    return value ? json(200, value) : refused(404, "No such thing. Look at /api/openapi.json.");
  }

  value([what, encoded], query) {
    const id = encoded === undefined ? undefined : decodeURIComponent(encoded);
    switch (what) {
      case "totals": return { devices: this.count, connected: this.count - 3, failing: 2, out_of_policy: 1,
        open_incidents: this.incidents.filter((one) => one.state === "open").length, oldest: at(30 * 24 * HOUR), newest: at(0),
        store_bytes: 123_456_789, version: "0.1.0", brokers: ["edge-1", "edge-2"] };
      case "incidents": return id === undefined ? this.list("incidents", this.incidents.filter((one) => (query.get("state") === "all" || one.state === "open")
        && (!query.get("cause") || one.cause === query.get("cause"))), query) : this.incident(id);
      case "devices": return id === undefined ? this.devices(query) : { devices: this.known(id) };
      case "hours": return { hours: [...hours("count", (n) => 900 + ((n * 37) % 200)).map((one) => ({ ...one, broker: "edge-1", cause: null })),
        ...hours("count", (n) => (n * 7) % 13).map((one) => ({ ...one, broker: "edge-1", cause: "no-shared-cipher" }))] };
      case "certificates": return { certificates: [[-3, 8883], [5, 8884], [20, 8885], [300, 8886]].map(([days, port]) => ({ broker: "edge-1",
        listener_port: port, side: "broker", device: null, sha256: `${port}`.repeat(16), subject: "CN=broker.example", issuer: "CN=Example CA",
        key: { algorithm: "RSA", bits: 2048 }, not_after: at(-days * 24 * HOUR - HOUR), last_seen: at(60_000) })) };
      case "compliance": return { compliance: [["verdict", "pass", 97_000], ["verdict", "violation", 2000], ["verdict", "unknown", 1000],
        ["mfln", "1024", 99_000], ["mfln", "none", 1000], ["version", "1.2", 100_000], ["cipher", CIPHER, 90_000],
        ["cipher", "TLS_RSA_WITH_AES_128_GCM_SHA256", 10_000], ["key", "RSA 2048", 100_000]].map(([requirement, value, devices]) => (
        { broker: "edge-1", profile: "tasmota-esp8266", requirement, value, devices })) };
      default: return null;
    }
  }

  list(name, rows, query) {
    const from = Number(query.get("after") ?? 0);
    const limit = Number(query.get("limit") ?? 100);
    return { [name]: rows.slice(from, from + limit), next: from + limit < rows.length ? String(from + limit) : null };
  }

  devices(query) {
    const search = query.get("search");
    const found = [];
    for (let n = 0; n < this.count; n += 1) {
      const one = search || query.get("state") === "failing" ? this.device(n) : null;
      if (search && !one.id.includes(search) && !one.source.ip.startsWith(search)) continue;
      if (query.get("state") === "failing" && one.state !== "failing") continue;
      found.push(n);
    }
    const { devices, next } = this.list("devices", found, query);
    return { devices: devices.map((n) => this.device(n)), next };
  }

  known(id) {
    for (let n = 0; n < this.count; n += 1) {
      const one = this.device(n);
      if (one.id === id) return [{ device: one, why: one.cause ? why(id) : null, timeline: timeline(id) }];
    }
    return [];
  }

  incident(id) {
    const one = this.incidents.find((each) => each.id === id);
    return one && { incident: one, fix: FIX, meaning: MEANING, victims: Array.from({ length: Math.min(one.devices, this.count) }, (unused, n) => ({ device: this.device(n).id, broker: "edge-1",
      source: { ip: "10.0.0.7" }, failures: 12, last_failure: at(n * 1000), failing: n % 2 === 0 })),
    diagnoses: [1, 2, 3].map((n) => diagnosis(n, this.device(n).id)) };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fake = new Fake({ devices: Number(process.argv[2] ?? 100_000), hostile: true });
  console.log(await fake.listen(Number(process.argv[3] ?? 8099)));
}
