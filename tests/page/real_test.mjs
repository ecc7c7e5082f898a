// The page of a real tlswatchd, with a real broker and real devices.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, fits, launch, open, PHONE, picture, shown, visit } from "./browser.mjs";
import { start } from "./demo.mjs";

let browser;
let demo;
before(async () => { [browser, demo] = await Promise.all([launch(), start()]); });
after(async () => { await Promise.all([browser?.close(), demo?.stop()]); });

const given = (name, options, body) => test(name, () => visit(browser, demo.base, options, body));
const WRONG = ["--fingerprint", "00112233445566778899AABBCCDDEEFF00112233"];
const row = (page, text) => page.locator("main tbody tr", { hasText: text });

given("three clicks lead from the broken boiler to its cause and what to do", {}, async (page) => {
  await open(page, demo.base, "");
  await page.getByLabel("State").selectOption("all");
  await row(page, "The broker's certificate has expired").first().click();
  await row(page, "boiler").click();
  await page.getByRole("heading", { level: 1, name: "boiler" }).waitFor();
  const answer = await page.locator("main .answer").innerText();
  assert.match(answer, /The broker's certificate has expired/);
  assert.match(answer, /What to do\s+Renew it/);
  assert.match(answer, /The device said\s+.*54/);
  const sides = new Set(await page.locator(".timeline li").evaluateAll((all) => all.map((one) => one.classList[0])));
  assert.deepEqual([...sides].sort(), ["broker", "device", "tlswatch"]);
});

given("who has a device in hand finds it by part of its name, or its address", {}, async (page) => {
  await open(page, demo.base, "");
  await page.keyboard.press("/");
  await page.keyboard.type("ump");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "pump" }).waitFor();
  await page.getByText("The device showed no client certificate").first().waitFor();
  await page.locator("#search").fill("127.0.0.1");
  await row(page, "lamp-hall").waitFor();
});

given("what happens is there without a click, and hostile names and payloads are text", {}, async (page) => {
  const id = "<img src=x onerror=alert(1)>";
  await open(page, demo.base, "#/incidents?state=all");
  await page.locator("#live", { hasText: "Live" }).waitFor();
  const failures = (atLeast) => {
    const sum = [...document.querySelectorAll("td[data-head=Failures]")].reduce((all, cell) => all + Number(cell.textContent), 0);
    return sum >= atLeast && sum;
  };
  const before = await page.evaluate(failures, 0);
  const device = demo.device(id);
  await device(...WRONG);
  await page.locator("#said", { hasText: /incident/i }).waitFor();
  await page.waitForFunction(failures, before + 1);
  await device("--fingerprint", "learn");
  await page.goto(`${demo.base}/#/devices?search=onerror`);
  await row(page, id).locator("a").first().click();
  await page.getByRole("heading", { level: 1, name: id }).waitFor();
  await page.locator(".answer", { hasText: "The broker's key is not the one" }).waitFor();
  await demo.publish(id, `tlswatch/report/${id}`, JSON.stringify({ v: 1, era: 7, boot: 1, fw: "<script>alert(2)</script>", up: 9,
    errs: [{ s: "bearssl", seq: 1, ph: "tls", c: 62, d: 0, n: 1, t: 0, ago: 5 }] }));
  await page.getByText("<script>alert(2)</script>").first().waitFor();
  assert.equal(await page.locator("main :is(img, script)").count(), 0);
});

const VIEWS = { incidents: "#/incidents?state=all", devices: "#/devices", device: "#/devices/fridge", compliance: "#/compliance",
  certificates: "#/certificates" };
for (const [look, options] of Object.entries({ light: {}, dark: { colorScheme: "dark" }, phone: { viewport: PHONE, hasTouch: true, isMobile: true } })) {
  given(`axe finds nothing serious in any view, and all fit: ${look}`, options, async (page) => {
    for (const [name, hash] of Object.entries(VIEWS)) {
      await open(page, demo.base, hash);
      await accessible(page, name);
      await fits(page, name);
      await picture(page, `${name}-${look}`, { whole: true });
    }
    await open(page, demo.base, VIEWS.incidents);
    await page.locator("tbody a").first().click();
    await page.getByRole("heading", { name: "Who" }).waitFor();
    await shown(page);
    await accessible(page, "incident");
    await fits(page, "incident");
    await picture(page, `incident-${look}`, { whole: true });
  });
}
