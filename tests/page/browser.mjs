// Debian's Chromium, driven by Playwright from npm; what every test of the page watches, and what it looks with.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folder, installed } from "./installed.mjs";

const { chromium } = installed("playwright-core");
const AXE = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = join(folder, "screens");

export const PHONE = { width: 390, height: 844 };

/// Chromium, to be closed.
export const launch = () => chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});

/// Runs `body(page)` in a fresh profile. Fails on any dialog, error on the console (a violation of the Content Security
/// Policy is one) and request to anywhere else; `expected` are errors of the console that belong to the test.
export async function visit(browser, base, options, body) {
  const { expected = /^$/, ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...rest });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const wrong = [];
  page.on("dialog", (dialog) => { wrong.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) wrong.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${base}/`)) wrong.push(`a request to ${request.url()}`);
  });
  try {
    await body(page);
    assert.deepEqual(wrong, []);
  } finally {
    await context.close();
  }
}

/// Opens a view by its address and waits until it is there.
export async function open(page, base, hash = "") {
  await page.goto(`${base}/${hash}`);
  await shown(page);
}

/// Waits until no view is under way.
export const shown = (page) => page.locator("#main:not([aria-busy])").waitFor();

/// Keeps a picture of the window in the build folder; `whole`: of the whole page, without what sticks to the window.
export async function picture(page, name, { whole = false } = {}) {
  mkdirSync(PICTURES, { recursive: true });
  if (whole) await page.evaluate(() => document.querySelectorAll(".bar, .foot").forEach((one) => { one.style.position = "static"; }));
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: whole });
}

/// axe-core finds nothing serious or critical. The test's own way in is the debugger's, which CSP does not govern.
export async function accessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const bad = violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${what}: ${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.failureSummary}`).join(" | ")}`);
  assert.deepEqual(bad, []);
}

/// Nothing sticks out to the right of the window.
export async function fits(page, what) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${what} is ${content} pixels wide in a window of ${window}`);
}

/// Milliseconds from the start of the navigation to the first paint with content.
export const firstPaint = (page) => page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);

/// The API's answers until now: [path, milliseconds].
export const answers = (page) => page.evaluate(() => performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/api/") && !name.includes("/events"))
  .map(({ name, responseEnd, startTime }) => [name.replace(/.*\/api\/v1/, ""), Math.round(responseEnd - startTime)]));
