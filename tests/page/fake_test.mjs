// The page against a daemon that can be brought to anything: what a real one does not do on demand.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, firstPaint, fits, launch, open, PHONE, picture, shown, visit } from "./browser.mjs";
import { diagnosis, Fake, HOSTILE, incident } from "./fake.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

/// A test with a daemon of its own.
const given = (name, how, options, body) => test(name, async () => {
  const fake = new Fake(how);
  const base = await fake.listen();
  try {
    await visit(browser, base, options, (page) => body(page, { fake, base }));
  } finally {
    fake.close();
  }
});

const VIEWS = { incident: "#/incidents/edge-1%3Ai1", devices: "#/devices", device: `#/devices/${encodeURIComponent(HOSTILE[0])}`,
  longest: `#/devices/${encodeURIComponent(HOSTILE.at(-1))}` };
const rows = (page) => page.locator("main tbody tr");
const heading = (page) => page.locator("main h1").textContent();
const live = (page, word) => page.locator("#live", { hasText: word }).waitFor();

given("whatever a device calls itself fits into a phone's width", { devices: 30, hostile: true }, { viewport: PHONE, isMobile: true }, async (page, { base }) => {
  for (const [name, hash] of Object.entries(VIEWS)) {
    await open(page, base, hash);
    await fits(page, name);
    await picture(page, `fake-${name}`, { whole: true });
  }
});

given("whatever a device calls itself is text", { hostile: true }, {}, async (page, { base }) => {
  await open(page, base, "#/devices");
  const visible = (id) => id.replace(/[\p{Cc}\p{Cf}]/gu, (unseen) => `U+${unseen.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  const shownIds = await page.locator("td.main a").allTextContents();
  for (const id of HOSTILE) assert.ok(shownIds.includes(visible(id)), `${visible(id)} is not in the list`);
  for (const [at, id] of HOSTILE.entries()) {
    await rows(page).nth(at).locator("a").first().click();
    await page.locator("main .answer").waitFor();
    assert.equal(await page.title(), `${visible(id)} – tlswatch`);
    assert.equal(await heading(page), visible(id));
    assert.equal(await page.locator("main :is(img, script, iframe, object, svg[onload], [onerror], [style])").count(), 0);
    await page.goBack();
    await rows(page).first().waitFor();
  }
});

given("a hundred thousand devices are a hundred rows, painted within a second", { devices: 100_000 }, {}, async (page, { base, fake }) => {
  await open(page, base, "#/devices");
  const first = await firstPaint(page);
  assert.ok(first < 1000, `the first paint took ${first} ms`);
  assert.equal(await rows(page).count(), 100);
  await page.getByText("Next page").click();
  await page.getByRole("link", { name: "plug-000100", exact: true }).waitFor();
  assert.equal(await rows(page).count(), 100);
  await page.goBack();
  await page.getByRole("link", { name: "plug-000000", exact: true }).waitFor();
  await page.locator("#search").fill("plug-09999");
  await page.getByText("10 devices; failing ones first").waitFor();
  assert.match(page.url(), /#\/devices\?search=plug-09999$/);
  assert.ok(fake.asked.every((path) => !path.includes("devices?") || path.includes("limit=100")), "asks for a page at a time");
});

given("the keyboard does it all", { devices: 100_000 }, {}, async (page, { base }) => {
  await open(page, base);
  await page.reload();
  await shown(page);
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "The broker's key is not the one" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
  await page.waitForFunction(() => document.activeElement.textContent.startsWith("The broker's key"), null, { timeout: 2000 });
  await page.keyboard.press("/");
  await page.keyboard.type("plug-042000");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "plug-042000" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("1 device; failing ones first").waitFor();
  await page.keyboard.press("?");
  await page.locator("#keys-dialog[open]").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

given("the token is asked for once, and again where it is wrong", { token: "right" }, { expected: /401/ }, async (page, { base, fake }) => {
  await page.goto(base);
  const dialog = page.locator("#token-dialog[open]");
  await dialog.waitFor();
  await page.locator("#token").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("is not the one in token_file").waitFor();
  await accessible(page, "the token's dialog");
  await page.locator("#token").fill("right");
  await page.keyboard.press("Enter");
  await shown(page);
  await live(page, "Live");
  await page.reload();
  await shown(page);
  await live(page, "Live");
  assert.equal(await dialog.count(), 0);
  assert.ok(fake.asked.every((path) => !path.includes("right")), "the token is in no address");
});

given("an error says the remedy, and trying again mends it", {}, { expected: /503|ERR_/ }, async (page, { base, fake }) => {
  fake.failWith = { status: 503, body: JSON.stringify({ error: { status: 503, message: "The store cannot be read. <b>Free some disk</b>." } }) };
  await open(page, base, "#/devices");
  await page.getByText("The store cannot be read. <b>Free some disk</b>.").waitFor();
  fake.failWith = { status: 200, body: "<html>a router's page" };
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("What answers here is not tlswatchd").waitFor();
  fake.failWith = null;
  await page.getByRole("button", { name: "Try again" }).click();
  await rows(page).first().waitFor();
  fake.close();
  await live(page, "Disconnected");
  assert.equal(await rows(page).count(), 12, "the old state stays");
  await page.getByRole("link", { name: "Compliance" }).click();
  await page.getByText("systemctl status tlswatchd").waitFor();
});

given("a lost stream is seen, taken up where it was, and what was missed is there", {}, { expected: /ERR_/ }, async (page, { base, fake }) => {
  await open(page, base);
  await live(page, "Live");
  fake.say("incident-opened", { event: { id: "edge-1:18eb:77" }, message: "Incident opened: \u202E<b>evil</b>" });
  await page.locator("#said", { hasText: "U+202E<b>evil</b>" }).waitFor();
  fake.hangUp(true);
  await live(page, "Disconnected");
  fake.incidents.push(incident(9, "network-loss"));
  fake.hangUp(false);
  await live(page, "Live");
  assert.equal(fake.lastEventId, "edge-1:18eb:77");
  await rows(page).getByText("The network loses packets").waitFor();
  assert.equal(await rows(page).count(), 4);
});

given("a burst of events is few questions, and nothing jumps", { hostile: true }, {}, async (page, { base, fake }) => {
  await open(page, base, VIEWS.device);
  await live(page, "Live");
  const entry = page.locator(".timeline summary").nth(3);
  await entry.click();
  await entry.focus();
  fake.asked.length = 0;
  const asked = page.waitForResponse(/devices/);
  for (let n = 0; n < 1000; n += 1) fake.say("diagnosis", diagnosis(n, "x"));
  await (await asked).finished();
  await page.waitForFunction(() => document.activeElement.closest("details")?.open);
  assert.ok(fake.asked.length <= 2, `${fake.asked.length} questions`);
  assert.match(await page.evaluate(() => document.activeElement.textContent), /failed after client-hello/);
});

given("a refresh puts only what is new in its place", {}, {}, async (page, { base, fake }) => {
  await open(page, base, "#/devices");
  await live(page, "Live");
  await page.evaluate(() => {
    globalThis.before = { heading: document.querySelector("main h1"), table: document.querySelector("main table") };
  });
  fake.say("diagnosis", diagnosis(1, "x"));
  await page.waitForFunction(() => document.querySelector("main table") !== globalThis.before.table);
  assert.ok(await page.evaluate(() => document.activeElement === globalThis.before.heading), "the heading stays, and has the focus");
});

given("the theme follows the system until one is chosen, which stays", {}, { colorScheme: "dark" }, async (page, { base }) => {
  const dark = async () => (await page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor)) === "rgb(14, 18, 22)";
  await open(page, base);
  assert.ok(await dark());
  await page.getByRole("button", { name: "Use the light theme" }).click();
  assert.ok(!(await dark()));
  await page.reload();
  await shown(page);
  assert.ok(!(await dark()));
});

given("where there is nothing, the page says what that means", { devices: 0 }, {}, async (page, { base, fake }) => {
  fake.incidents = [];
  for (const [hash, text] of [["", "Nothing was seen yet"], ["#/devices", "No device was seen yet"], ["#/devices/nobody", "No such device"],
    ["#/incidents?cause=scanner", "No incident like that"], ["#/no-such-view", "There is no such view"], ["#/devices/%zz", "There is no such view"]]) {
    await open(page, base, hash);
    await page.getByText(text).waitFor();
    await accessible(page, text);
  }
});

given("what has filters has them in its address", { devices: 3000 }, {}, async (page, { base, fake }) => {
  await open(page, base, "#/devices");
  await page.locator("[name=state]").selectOption("failing");
  await page.getByText("3 devices; failing ones first").waitFor();
  await page.locator("[name=broker]").selectOption("edge-2");
  await page.waitForURL(/#\/devices\?state=failing&broker=edge-2$/);
  await shown(page);
  assert.ok(fake.asked.at(-1).includes("broker=edge-2"));
  assert.equal(await heading(page), "Devices");
});
