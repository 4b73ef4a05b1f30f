/**
 * Opens every scene in a real browser, wide and narrow, light and dark: axe finds nothing, nothing
 * scrolls sideways, the console stays empty, nothing leaves the site. `run.ts SITE CHROMIUM [SHOTS]`
 */

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { behaviours } from "./behaviours.ts";
import { NOW, scenes, type Scene } from "./scenes.ts";
import { FakeCity } from "./server.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } } as const;
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

const [site = "", executablePath = "", shots] = process.argv.slice(2);
const problems: string[] = [];
let states = 0;

/** A page of its own, which tells of everything it should not do. */
async function visit(browser: Browser, origin: string, scene: Scene, options: Parameters<Browser["newContext"]>[0]): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({ locale: "en-US", timezoneId: "Europe/Berlin", javaScriptEnabled: scene.script !== false, ...options });
  const page = await context.newPage();
  await page.clock.install({ time: NOW });
  page.on("console", (said) => {
    // A broken connection or a refusal is what some scenes are about; the browser reports it.
    if (said.type() === "error" && !said.text().startsWith("Failed to load resource")) problems.push(`${scene.name}: ${said.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${scene.name}: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) problems.push(`${scene.name}: asks ${request.url()}`);
  });
  await page.goto(origin + scene.path);
  return [context, page];
}

async function look(browser: Browser, origin: string, scene: Scene, fake: FakeCity): Promise<void> {
  const { name } = scene;
  if (scene.api) fake.handler = scene.api;
  const [context, page] = await visit(browser, origin, scene, { viewport: WIDTHS.phone });
  await settled(page);
  await scene.act?.(page);
  await settled(page);
  const heading = await page.textContent("h1");
  if (!scene.says.test(heading ?? "")) problems.push(`${name}: the heading says ${heading}`);
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      if (scene.script !== false) await axe(page, `${name} ${width} ${colorScheme}`, colorScheme === "dark");
      states += 1;
    }
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
  if (shots) await page.screenshot({ path: join(shots, `${name}-forced.png`), fullPage: true });
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 320) problems.push(`${name}: ${wide} px wide at 320 px`);
  await context.close();
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
}

/** Everything that axe knows; of a page in other colours only what depends on them. */
async function axe(page: Page, where: string, colours: boolean): Promise<void> {
  await page.evaluate(AXE);
  const found = await page.evaluate(async (only) => {
    const { axe: checker } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const rules = only ? { type: "rule", values: ["color-contrast"] } : { type: "tag", values: tags };
    return checker.run({ runOnly: rules, resultTypes: ["violations"] });
  }, colours);
  for (const violation of found.violations) {
    const nodes = violation.nodes.map((node) => node.target.join(" ")).join(", ");
    problems.push(`${where}: axe ${violation.id}: ${violation.help} (${nodes})`);
  }
}

if (shots) mkdirSync(shots, { recursive: true });
const fake = new FakeCity(site);
const origin = await fake.open();
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  for (const scene of scenes()) await look(browser, origin, scene, fake);
  for (const behaviour of behaviours(origin, fake)) {
    const scene: Scene = { name: behaviour.name, path: behaviour.path, says: /./ };
    fake.handler = behaviour.api;
    const [context, page] = await visit(browser, origin, scene, { viewport: WIDTHS.phone, ...behaviour.options });
    await behaviour.run(page).catch((error: unknown) => problems.push(`${behaviour.name}: ${String(error)}`));
    await context.close();
  }
} finally {
  await browser.close();
  await fake.close();
}
for (const { url, referer } of fake.seen) {
  if (/[0-9A-Z]{26}/.test(url) || referer) problems.push(`A secret may have left in ${url} (from ${referer || "nowhere"})`);
}
console.log(`${states} states, ${fake.seen.length} requests, ${problems.length} problems`);
for (const problem of new Set(problems)) console.log(problem);
process.exitCode = problems.length ? 1 : 0;
