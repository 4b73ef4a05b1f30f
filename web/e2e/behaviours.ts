/** What only a browser shows: where focus is, what is said aloud, what a poll leaves alone. */

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { KEY, scenes, type Scene } from "./scenes.ts";
import type { FakeCity, Handler } from "./server.ts";

export interface Behaviour {
  name: string;
  path: string;
  api: Handler;
  options?: Parameters<Browser["newContext"]>[0];
  run: (page: Page) => Promise<void>;
}

export function behaviours(origin: string, fake: FakeCity): Behaviour[] {
  return [
    scene("disputed", "by keyboard alone", async (page) => {
      await arrived(page);
      await tabTo(page, "no");
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "reason");
      await page.keyboard.type("Still there");
      await tabTo(page, "send");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "word");
      assert.match((await page.textContent("#word")) ?? "", /open again/);
    }),
    scene("reason-empty", "a mistake takes focus to the field and into the title", async (page) => {
      await arrived(page);
      await page.click("#no");
      await page.click("#send");
      assert.equal(await focused(page), "reason");
      assert.equal(await page.getAttribute("#reason", "aria-invalid"), "true");
      assert.match(await page.title(), /^Error: /);
    }),
    scene("confirmed", "news while somebody types leaves their words, caret and focus alone", async (page) => {
      await arrived(page);
      await page.click("#no");
      await page.locator("#reason").pressSequentially("Half a sen");
      const before = await page.evaluateHandle(() => document.getElementById("reason"));
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      const asked = fake.seen.length;
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await page.waitForFunction(() => document.querySelector(".timeline")?.children.length === 5);
      assert.ok(fake.seen.length > asked);
      assert.equal(await page.evaluate((field) => field?.isConnected, before), false, "the answer part is another now");
      assert.equal(await focused(page), "reason");
      assert.equal(await page.inputValue("#reason"), "Half a sen");
    }),
    scene("resolved", "a look that brings nothing new changes nothing, and says that it was done", async (page) => {
      await arrived(page);
      await page.click("#no");
      await page.locator("#reason").pressSequentially("Half");
      const field = await page.evaluateHandle(() => document.getElementById("reason"));
      await page.click("#look");
      await page.waitForFunction(() => document.getElementById("live")?.textContent?.startsWith("Looked up"));
      assert.equal(await page.evaluate((each) => each?.isConnected, field), true);
      assert.equal(await focused(page), "look");
    }),
    scene("resolved", "the language changes everything but what was typed", async (page) => {
      await arrived(page);
      await page.click("#no");
      await page.locator("#reason").pressSequentially("Half");
      await page.click("button[lang=es]");
      await page.waitForFunction(() => document.getElementById("contact")?.textContent?.startsWith("Llame"));
      assert.equal(await page.getAttribute("html", "lang"), "es");
      assert.equal(await page.inputValue("#reason"), "Half");
      assert.match((await page.textContent("#status")) ?? "", /Resuelta/);
      assert.equal(await page.getAttribute(".head-service", "lang"), "en");
      assert.match(await page.title(), /Resuelta – Riverton 311$/);
      await page.reload();
      await arrived(page);
      assert.equal(await page.getAttribute("html", "lang"), "es", "the choice is kept");
    }),
    scene("resolved-es", "a request speaks the language it was made in", async (page) => {
      await arrived(page);
      assert.equal(await page.getAttribute("html", "lang"), "es");
      assert.match((await page.textContent("#yes")) ?? "", /Sí, está hecho/);
    }),
    scene("public", "a Spanish browser gets Spanish", async (page) => {
      await arrived(page);
      assert.equal(await page.getAttribute("html", "lang"), "es");
    }, { locale: "es-MX" }),
    scene("in-progress", "arriving moves focus to the heading and says the status", async (page) => {
      await arrived(page);
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1");
      await page.waitForFunction(() => document.getElementById("live")?.textContent?.includes("In progress"));
    }),
    scene("in-progress", "the address keeps the private link, also past the skip link", async (page) => {
      await arrived(page);
      await page.focus("#skip");
      await page.keyboard.press("Enter");
      assert.equal(await focused(page), "main");
      assert.ok(page.url().endsWith(`.${KEY}`));
    }),
    scene("in-progress", "days are the city's, not the browser's", async (page) => {
      await arrived(page);
      assert.match((await page.textContent(".facts")) ?? "", /Friday, November 27, 2026 \(in 2 days\)/);
      assert.match((await page.textContent(".timeline-at")) ?? "", /9:\d\d\sAM EST/);
    }),
    scene("in-progress", "an open page asks again after 20 seconds", async (page) => {
      await arrived(page);
      const asked = () => fake.seen.filter((each) => each.url.startsWith("/api/requests/")).length;
      const before = asked();
      await page.clock.runFor(19_000);
      assert.equal(asked(), before);
      await Promise.all([page.waitForResponse(/api\/requests/), page.clock.runFor(2_000)]);
      assert.equal(asked(), before + 1);
    }),
    scene("start", "the start page leads to a request", async (page) => {
      await page.fill("#id", "7h2k-9mq4 o");
      await page.press("#id", "Enter");
      assert.match((await page.textContent("#id-problem")) ?? "", /not a tracking number/);
      await page.fill("#id", "oooo oooo-o");
      await page.press("#id", "Enter");
      await page.waitForURL(`${origin}/track/#000000000`);
      await page.waitForFunction(() => /000000000/.test(document.querySelector("h1")?.textContent ?? ""));
    }),
    scene("start", "without script the form leads there too", async (page) => {
      await page.fill("#id", "000000000");
      await page.press("#id", "Enter");
      await page.waitForURL(`${origin}/track/?id=000000000`);
    }, { javaScriptEnabled: false }),
  ];
}

function scene(name: string, says: string, run: Behaviour["run"], options: Behaviour["options"] = {}): Behaviour {
  const found = scenes().find((each: Scene) => each.name === name);
  if (!found?.api) throw new Error(`There is no scene ${name}.`);
  return { name: `${name}: ${says}`, path: found.path, api: found.api, options, run };
}

async function arrived(page: Page): Promise<void> {
  await page.waitForSelector(".head-id");
  await page.waitForLoadState("networkidle");
}

function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.activeElement?.id);
}

async function tabTo(page: Page, id: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === id) return;
  }
  assert.fail(`The Tab key never reaches ${id}.`);
}
