/** The pages read what the API really answers: its own models wrote what is read here. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { City } from "../../web/src/api.ts";
import { viewOf } from "../../web/src/view.ts";
import { MOST } from "../../web/src/word.ts";
import { isKey } from "../../web/src/words.ts";

interface Answers {
  own: unknown;
  anybody: unknown;
  city: City;
  told: string[];
  outcomes: string[];
  statuses: string[];
  most: number;
}

const said = process.env["CITY311_ANSWERS"];
const skip = !said && "pytest hands over the answers";

function answers(): Answers {
  return JSON.parse(readFileSync(said ?? "", "utf8"));
}

test("the private view", { skip }, () => {
  const view = viewOf(answers().own);
  assert.ok(view);
  assert.deepEqual(view, {
    id: view.id,
    own: true,
    status: "resolved",
    service: "Pothole",
    department: "Streets",
    requestedAt: "2026-11-03T17:00:00Z",
    updatedAt: "2026-11-03T17:00:00Z",
    expectedAt: "2026-11-10T17:00:00Z",
    description: "A deep hole",
    place: "12 Mill Lane",
    notes: null,
    notice: null,
    outcome: view.outcome,
    photos: [{ thumb: "/photos/a/thumb.jpg", medium: "/photos/a/medium.jpg", large: "/photos/a/large.jpg" }],
    photosComing: 1,
    timeline: [{ at: "2026-11-03T17:00:00Z", words: "received", note: null }],
    canConfirm: true,
    canDispute: true,
    closed: false,
    language: "en",
  });
  assert.ok(view.outcome && view.outcome.kind === "fixed" && view.outcome.note.length >= 10);
});

test("the public view", { skip }, () => {
  const view = viewOf(answers().anybody);
  assert.deepEqual(
    [view?.own, view?.status, view?.service, view?.department, view?.place, view?.photos[0]?.large],
    [false, "resolved", "Pothole", "Streets", "12 Mill Lane", "/photos/a/large.jpg"],
  );
});

test("the city", { skip }, () => {
  const { city } = answers();
  assert.deepEqual([city.language, city.languages[0], city.time_zone], ["es", "en", "America/New_York"]);
  assert.ok(city.name && city.contact && city.emergency_number);
});

test("there are words for everything the API can say", { skip }, () => {
  const { told, outcomes, statuses, most } = answers();
  assert.equal(MOST, most, "characters of a reason");
  for (const each of told) assert.ok(isKey(`told.${each}`), each);
  for (const each of outcomes) assert.ok(isKey(`outcome.${each}`), each);
  for (const each of statuses) assert.ok(isKey(`status.${each}`) && isKey(`meaning.${each}`), each);
});
