// The page of a real tlswatchd whose store has a hundred thousand devices.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { accessible, answers, firstPaint, launch, open, picture, shown, visit } from "./browser.mjs";
import { folder } from "./installed.mjs";

const { TLSWATCH_SOURCE: source, TLSWATCH_BUILD: build } = process.env;
const DEVICES = 100_000;
const dir = join(folder, "crowd");
let browser;
let daemon;
let base;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/// Starts the daemon on a full store; no broker writes its ring.
async function start() {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  await promisify(execFile)(join(build, "tests/fill_store"), [join(dir, "state.db"), String(DEVICES)]);
  base = `http://127.0.0.1:${await freePort()}`;
  const configuration = join(dir, "tlswatch.yaml");
  writeFileSync(configuration, `brokers: [{name: demo, ring: ${dir}/demo.ring, cursor: ${dir}/demo.cursor}]
log: {file: ${dir}/events.json, console: off}
store: ${dir}/state.db
http: {listen: "${base.replace("http://", "")}"}
profiles: [${source}/daemon/profiles/profiles.yaml]
knowledge: [${source}/daemon/knowledge/knowledge.yaml]
`);
  daemon = spawn("setpriv", ["--pdeathsig", "KILL", join(build, "bin/tlswatchd"), "--config", configuration], { stdio: "ignore" });
  for (;;) {
    const answer = await fetch(`${base}/api/v1/totals`).catch(() => null);
    if (answer?.ok && (await answer.json()).devices === DEVICES) return;
    assert.equal(daemon.exitCode, null, "the daemon ended");
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

before(async () => { [browser] = await Promise.all([launch(), start()]); });
after(async () => {
  await browser?.close();
  daemon?.kill("SIGTERM");
  if (daemon && daemon.exitCode === null) await once(daemon, "exit");
});

const given = (name, options, body) => test(name, (context) => visit(browser, base, options, (page) => body(page, context)));
const rows = (page) => page.locator("main tbody tr");

given("the first paint of every view takes less than a second", {}, async (page, context) => {
  for (const hash of ["", "#/devices", "#/compliance", "#/certificates"]) {
    await open(page, base, hash);
    const first = await firstPaint(page);
    context.diagnostic(`${hash || "#/incidents"}: painted after ${Math.round(first)} ms; ${(await answers(page)).map((one) => one.join(" ")).join(" ms, ")} ms`);
    assert.ok(first < 1000, `${hash} was painted after ${first} ms`);
    await page.goto("about:blank");
  }
});

given("a hundred thousand devices are a hundred rows, and each is found", {}, async (page) => {
  await open(page, base, "#/devices");
  await page.getByText("100 of 100,000 devices").waitFor();
  assert.equal(await rows(page).count(), 100);
  assert.equal(await rows(page).filter({ hasText: "failing" }).count(), 100, "the thousand that fail come first");
  await page.getByText("Next page").click();
  await page.getByText("First page").waitFor();
  assert.equal(await rows(page).count(), 100);
  await page.locator("#search").fill("1054321");
  await page.getByText("1 device; failing ones first").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "tasmota_1054321" }).waitFor();
  await page.getByRole("heading", { name: "Time line" }).waitFor();
});

given("an incident of a thousand devices is a page to read", {}, async (page) => {
  await open(page, base);
  await picture(page, "crowd-incidents");
  await rows(page).first().click();
  await page.getByText("100 of 1,000 devices").waitFor();
  assert.ok(await rows(page).count() <= 300);
  await shown(page);
  await accessible(page, "incident");
  await picture(page, "crowd-incident");
  await page.getByText("All that fail for this cause").click();
  await page.getByText("100 devices, and more").waitFor();
});
