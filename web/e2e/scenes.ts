/** Every state that a page can be in: what the API answers, and what a reader does to get there. */

import type { Page } from "playwright-core";
import type { Entry, OwnWire, Outcome, Photo, PublicWire } from "../src/view.ts";
import { idOf } from "./ids.ts";
import type { Handler, Reply } from "./server.ts";

export const KEY = "0123456789ABCDEFGHJKMNPQRS";
export const NOW = "2026-11-25T15:00:00Z";

export interface Scene {
  name: string;
  path: string;
  /** What the page's h1 must say at the end. */
  says: RegExp;
  api?: Handler;
  act?: (page: Page) => Promise<void>;
  script?: false;
}

const PHOTO: Photo = { thumb: "/photos/a/thumb.jpg", medium: "/photos/a/medium.jpg", large: "/photos/a/large.jpg" };
const NOTE = "We filled the hole with hot asphalt on Tuesday morning.\nPlease drive slowly until Thursday.";
const FIXED: Outcome = { kind: "fixed", note: NOTE, whose: null, duplicate_of: null, until: null };
const LONG = `${"The hole is deep and wide, and cars swerve into the other lane. ".repeat(12)}${"W".repeat(180)}`;

let count = 1_000_003_000;

function told(...words: string[]): Entry[] {
  return words.map((each, index) => ({ at: `2026-11-2${index + 1}T14:${10 + index}:00Z`, words: each, note: each === "resolved" ? NOTE : null }));
}

function own(change: Partial<OwnWire["request"]> = {}, rest: Partial<OwnWire> = {}): OwnWire {
  return {
    request: {
      service_request_id: "",
      public_status: "in_progress",
      status_notes: null,
      service_code: "pothole",
      description: "Deep hole in the right lane, just before the school.",
      place: { address: "212 Mill Street", lat: 40.1, long: -40.2 },
      language: "en",
      requested_at: "2026-11-21T14:10:00Z",
      updated_at: "2026-11-23T14:12:00Z",
      expected_at: "2026-11-27T22:00:00Z",
      outcome: null,
      photos: 1,
      shown: [PHOTO],
      ...change,
    },
    service_name: "Pothole in a street",
    department_name: "Streets and Bridges",
    timeline: told("received", "routed", "accepted"),
    can: [],
    ...rest,
  };
}

function resolved(outcome: Outcome = FIXED, can = ["confirm", "dispute"], language = "en"): OwnWire {
  const words = can.includes("confirm") ? ["resolved"] : ["resolved", "closed"];
  return own(
    { public_status: "resolved", outcome, status_notes: outcome.note, language },
    { can, timeline: told("received", "routed", "accepted", ...words) },
  );
}

function anybody(change: Partial<PublicWire> = {}): PublicWire {
  return {
    service_request_id: "",
    status: "received",
    status_notes: null,
    service_code: "pothole",
    service_name: "Pothole in a street",
    description: "Deep hole in the right lane, just before the school.",
    agency_responsible: "Streets and Bridges",
    service_notice: "Please do not fill it yourself.",
    requested_at: "2026-11-21T14:10:00Z",
    updated_at: "2026-11-21T14:10:00Z",
    expected_at: "2026-11-27T22:00:00Z",
    address: "212 Mill Street",
    lat: 40.1,
    long: -40.2,
    media_url: "/photos/a/large.jpg",
    ...change,
  };
}

export function city(language: string): Reply {
  const es = language.startsWith("es");
  const contact = es
    ? "Llame al 311 (desde fuera de la ciudad +1 555 555 0100), de lunes a viernes de 8 a. m. a 6 p. m."
    : "Call 311 (from outside the city +1 555 555 0100), Monday to Friday 8 am to 6 pm.";
  return {
    body: {
      name: "Riverton",
      language: es ? "es" : "en",
      languages: ["en", "es"],
      contact,
      phone: "+1 555 555 0100",
      emergency_number: "911",
      time_zone: "America/New_York",
    },
  };
}

/** A scene of a request: `answers` one after another, the last for ever; `posts` to what is said. */
function follow(
  name: string,
  answers: (OwnWire | PublicWire | Reply)[],
  rest: Partial<Scene> & { key?: string; posts?: Reply } = {},
): Scene {
  const id = idOf((count += 7919));
  const { key = KEY, posts = { body: { service_request_id: id, status: "resolved" } }, ...more } = rest;
  let asked = 0;
  const api: Handler = (method, path, given, language) => {
    if (path === "/api/city") return city(language);
    if (!path.startsWith(`/api/requests/${id}`) || given !== key) return { status: 404, body: { errors: [], request_id: "none" } };
    if (method === "POST") return posts;
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (!answer) throw new Error("A scene without an answer.");
    if ("request" in answer) return { body: { ...answer, request: { ...answer.request, service_request_id: id } } };
    return "service_request_id" in answer ? { body: { ...answer, service_request_id: id } } : answer;
  };
  const path = `/track/#${id}${key && `.${key}`}`;
  return { name, path, says: new RegExp(id), api, ...more };
}

async function reason(page: Page, words: string): Promise<void> {
  await page.click("#no");
  await page.fill("#reason", words);
  await page.click("#send");
}

const FAULT: Reply = { status: 500, body: { errors: [], request_id: "7c0d9a1e-41b2" } };
const later = (kind: string, rest: Partial<Outcome> = {}): Outcome => ({
  ...FIXED,
  kind,
  note: "The street is rebuilt from end to end next spring, so we do not patch it now.",
  ...rest,
});

export function scenes(): Scene[] {
  const other: Handler = (_method, path, _key, language) =>
    path === "/api/city" ? city(language) : { status: 404, body: { errors: [{ field: null, message: "There is no such request.", reason: "not_found" }], request_id: "none" } };
  return [
    { name: "start", path: "/", says: /311 for residents/, api: other },
    { name: "start-wrong", path: "/", says: /311 for residents/, api: other, act: async (page) => { await page.fill("#id", "12345"); await page.press("#id", "Enter"); } },
    { name: "start-es", path: "/", says: /311 para residentes/, api: other, act: (page) => page.click("button[lang=es]") },
    { name: "start-no-api", path: "/", says: /311 for residents/, api: () => ({ broken: true }) },
    { name: "lost", path: "/nowhere", says: /does not exist/, api: other },
    { name: "ask", path: "/track/", says: /Track a request/, api: other },
    { name: "ask-empty", path: "/track/", says: /Track a request/, api: other, act: (page) => page.click("#find button") },
    { name: "no-script", path: "/track/", says: /Track a request/, api: other, script: false },
    follow("received", [own({ public_status: "received", shown: [], photos: 2, expected_at: null, updated_at: "2026-11-21T14:10:00Z" }, { department_name: null, timeline: told("received") })]),
    follow("in-progress", [own({ photos: 3, shown: [PHOTO, PHOTO] }, { timeline: told("received", "routed", "accepted", "photo", "on_hold") })]),
    follow("late", [own({ expected_at: "2026-11-23T22:00:00Z", status_notes: "We wait for dry weather." }, { timeline: told("received", "routed", "accepted", "escalated") })]),
    follow("long", [own({ description: LONG, place: { address: LONG.slice(0, 200), lat: null, long: null } }, { service_name: "Hole, sunken trench or other damage of a street's or a lane's surface" })]),
    follow("resolved", [resolved()]),
    follow("resolved-es", [resolved(FIXED, ["confirm", "dispute"], "es")]),
    follow("resolved-planned", [resolved(later("planned", { until: "2027-04-15T12:00:00Z" }))]),
    follow("resolved-duplicate", [resolved(later("duplicate", { duplicate_of: idOf(77) }))]),
    follow("resolved-not-ours", [resolved(later("not_ours", { whose: "State Department of Roads" }))]),
    follow("closed", [resolved(FIXED, ["dispute"])]),
    follow("reason", [resolved()], { act: (page) => page.click("#no") }),
    follow("reason-empty", [resolved()], { act: (page) => reason(page, " ") }),
    follow("reason-not-sent", [resolved()], { posts: { broken: true }, act: (page) => reason(page, "The hole is still there.") }),
    follow("overtaken", [resolved(), own({ public_status: "received" }, { timeline: told("received", "routed", "accepted", "resolved", "reopened") })], { posts: { status: 409, body: { errors: [], request_id: "r" } }, act: (page) => page.click("#yes") }),
    follow("confirmed", [resolved(), resolved(FIXED, ["dispute"])], { act: (page) => page.click("#yes") }),
    follow("disputed", [resolved(), own({ public_status: "received" }, { timeline: told("received", "routed", "accepted", "resolved", "reopened") })], { act: (page) => reason(page, "The hole is still there.") }),
    follow("outage", [own(), { broken: true }], { act: async (page) => { await page.click("#look"); await page.waitForSelector(".banner"); } }),
    follow("public", [anybody()], { key: "" }),
    follow("public-resolved", [anybody({ status: "resolved", status_notes: NOTE })], { key: "" }),
    follow("unknown-link", [own()], { path: `/track/#${idOf(5)}.${KEY}`, says: /does not open/ }),
    follow("unknown-id", [own()], { path: `/track/#${idOf(5)}`, says: /cannot show/ }),
    { name: "damaged", path: `/track/#7H2K9MQ40.${KEY}`, says: /damaged/, api: other },
    follow("offline", [{ broken: true }], { says: /cannot reach/ }),
    follow("busy", [{ status: 503, body: { errors: [], request_id: "r" } }], { says: /very busy/ }),
    follow("fault", [FAULT], { says: /went wrong/ }),
  ];
}
