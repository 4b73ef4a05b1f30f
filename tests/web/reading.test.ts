/** Addresses, ids, days and texts: everything a page reads before it draws. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { dayWords, daysUntil, distanceWords, momentWords } from "../../web/src/dates.ts";
import { readRequestId } from "../../web/src/ids.ts";
import { readAddress } from "../../web/src/link.ts";
import { isKey, KEYS, LANGUAGES, languageOf, say } from "../../web/src/words.ts";
import { KEY } from "./support.ts";

const SPOKEN = process.env["CITY311_IDS"];
const ID = "00000000" + "0";

test("ids are read exactly as the city reads them", { skip: !SPOKEN && "pytest hands over the city's readings" }, () => {
  const readings: [string, string | null][] = JSON.parse(readFileSync(SPOKEN ?? "", "utf8"));
  assert.ok(readings.length > 500);
  for (const [text, meant] of readings) assert.equal(readRequestId(text), meant, JSON.stringify(text));
});

test("a private link gives id and key, and never a key without an id", () => {
  assert.deepEqual(readAddress(`#${ID}.${KEY}`, ""), { kind: "link", id: ID, key: KEY });
  assert.deepEqual(readAddress(`#oooo-oooo-o.${KEY}`, ""), { kind: "link", id: ID, key: KEY });
  assert.deepEqual(readAddress(`#12345678Z.${KEY}`, ""), { kind: "unreadable", said: "12345678Z", secret: true });
});

test("what mail programs do to a link does no harm", () => {
  for (const tail of [".", ")", "%20", ">", "."]) {
    assert.deepEqual(readAddress(`#${ID}.${KEY}${tail}`, ""), { kind: "link", id: ID, key: KEY }, tail);
  }
  assert.deepEqual(readAddress(`#${ID}%2E${KEY}`, ""), { kind: "link", id: ID, key: KEY });
  assert.deepEqual(readAddress("#%E0%A4%A.x", ""), { kind: "unreadable", said: "%E0%A4%A", secret: true });
});

test("a key that cannot be a header is cut, not sent", () => {
  assert.deepEqual(readAddress(`#${ID}.AB%0D%0AX-Evil: 1`, ""), { kind: "link", id: ID, key: "AB" });
});

test("an id alone is the public view, from the fragment or from a form without script", () => {
  assert.deepEqual(readAddress(`#${ID}`, ""), { kind: "link", id: ID, key: null });
  assert.deepEqual(readAddress(`#${ID}.`, ""), { kind: "link", id: ID, key: null });
  assert.deepEqual(readAddress("", `?id=${ID.toLowerCase()}`), { kind: "link", id: ID, key: null });
  assert.deepEqual(readAddress("", "?id=nonsense"), { kind: "unreadable", said: "nonsense", secret: false });
});

test("an address without anything asks", () => {
  for (const hash of ["", "#", "#main", "#%20"]) assert.deepEqual(readAddress(hash, ""), { kind: "none" });
});

test("days are the city's days, wherever the reader sits", () => {
  const late = "2026-11-28T03:30:00Z";
  assert.equal(dayWords(late, "en", "America/New_York"), "Friday, November 27, 2026");
  assert.equal(dayWords(late, "en", "Europe/Berlin"), "Saturday, November 28, 2026");
  assert.equal(dayWords(late, "es", "America/New_York"), "viernes, 27 de noviembre de 2026");
  assert.match(momentWords(late, "en", "America/New_York"), /10:30\sPM EST$/);
});

test("days are counted by the calendar, also over a change of clocks", () => {
  const zone = "America/New_York";
  const count = (at: string, now: string) => daysUntil(at, new Date(now), zone);
  assert.equal(count("2026-11-28T04:59:00Z", "2026-11-27T05:01:00Z"), 0);
  assert.equal(count("2026-11-28T05:01:00Z", "2026-11-28T04:59:00Z"), 1);
  assert.equal(count("2026-11-02T12:00:00Z", "2026-10-31T12:00:00Z"), 2);
  assert.equal(count("2026-11-20T12:00:00Z", "2026-11-25T12:00:00Z"), -5);
  assert.equal(distanceWords(1, "en"), "tomorrow");
  assert.equal(distanceWords(-2, "es"), "anteayer");
});

test("a zone or a day that nobody knows breaks nothing", () => {
  assert.match(dayWords("2026-11-28T12:00:00Z", "en", "Mars/Olympus"), /2026/);
  assert.equal(dayWords("soon", "en", null), "soon");
});

test("every text is there in every language, with the same places", () => {
  const places = (text: string) => Array.from(text.matchAll(/\{(\w+)\}/g), (found) => found[1]).sort();
  for (const key of KEYS) {
    for (const language of LANGUAGES) {
      const text = say(language, key);
      assert.ok(text.trim(), `${key} ${language}`);
      assert.deepEqual(places(text), places(say("en", key)), `${key} ${language}`);
    }
  }
});

test("places are filled in, and what is filled in is never read again", () => {
  assert.equal(say("en", "wait.title", { id: "{id}" }), "Request {id}");
  assert.equal(say("en", "word.tooLong", { count: 3, most: 2000 }), "This is too long by 3 characters. Shorten it to 2000.");
});

test("a key from outside is only a key if it is one", () => {
  assert.ok(isKey("told.routed"));
  assert.ok(!isKey("told.toString") && !isKey("constructor"));
});

test("the language is the first that is wanted and spoken", () => {
  assert.equal(languageOf([null, "fr-CA", "es-MX", "en"]), "es");
  assert.equal(languageOf(["zh", undefined]), "en");
  assert.equal(languageOf([]), "en");
});
