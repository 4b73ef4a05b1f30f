/** What is shown of either answer, what is said when there is none, and how often the page asks. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../web/src/api.ts";
import { failureWords, mayPass } from "../../web/src/failure.ts";
import { nextLook } from "../../web/src/polling.ts";
import { viewOf } from "../../web/src/view.ts";
import { aboutAnswer, newDraft, problemWith, stillSaid } from "../../web/src/word.ts";
import { anybody, ID, json, KEY, own, resolved } from "./support.ts";

test("the resident's own view has the newest first and says what can be answered", () => {
  const view = viewOf(resolved());
  assert.ok(view?.own);
  assert.deepEqual(view.timeline.map((entry) => entry.words), ["resolved", "routed", "received"]);
  assert.deepEqual([view.canConfirm, view.canDispute, view.closed], [true, true, false]);
  assert.equal(view.notes, null, "the outcome says it already");
});

test("a closed request can still be disputed and is asked for no more", () => {
  const view = viewOf(resolved("2026-11-22T15:00:00Z", { can: ["dispute"] }));
  assert.deepEqual([view?.canConfirm, view?.canDispute, view?.closed], [false, true, true]);
});

test("an outcome of an earlier round is not shown as the answer", () => {
  const outcome = { kind: "fixed", note: "Filled with asphalt.", whose: null, duplicate_of: null, until: null };
  assert.equal(viewOf(own({ public_status: "received", outcome }))?.outcome, null);
});

test("photos on their way are counted", () => {
  const photo = { thumb: "/photos/a/thumb.jpg", medium: "/photos/a/medium.jpg", large: "/photos/a/large.jpg" };
  const view = viewOf(own({ photos: 3, shown: [photo] }));
  assert.deepEqual([view?.photos, view?.photosComing], [[photo], 2]);
});

test("the public view has one photo, a point for an address, and no way to answer", () => {
  const view = viewOf(anybody({ media_url: "/photos/a/large.jpg", status: "resolved" }));
  assert.equal(view?.own, false);
  assert.equal(view?.place, "40.10000, -40.20000");
  assert.equal(view?.photos[0]?.medium, "/photos/a/large.jpg");
  assert.deepEqual([view?.canConfirm, view?.canDispute, view?.closed], [false, false, true]);
});

test("a status nobody knows is the first one, and what is no request is none", () => {
  assert.equal(viewOf(anybody({ status: "odd" }))?.status, "received");
  for (const data of [null, 7, "x", {}, []]) assert.equal(viewOf(data), null);
});

test("the key goes in a header and in no address", async () => {
  const calls: { address: string; init: RequestInit }[] = [];
  const api = new Api(async (address, init = {}) => {
    calls.push({ address: String(address), init });
    return json({ service_request_id: ID, status: "resolved" });
  });
  await api.request(ID, KEY);
  await api.request(ID, null);
  await api.say("confirm", ID, KEY, "");
  await api.say("dispute", ID, KEY, "Still there");
  assert.deepEqual(calls.map((call) => call.address), [
    `/api/requests/${ID}`,
    `/api/requests/${ID}`,
    `/api/requests/${ID}/confirm`,
    `/api/requests/${ID}/dispute`,
  ]);
  assert.deepEqual(calls.map((call) => new Headers(call.init.headers).get("X-City311-Key")), [KEY, null, KEY, KEY]);
  assert.deepEqual(calls.slice(2).map((call) => [call.init.method, call.init.body]), [
    ["POST", '{"note":""}'],
    ["POST", '{"reason":"Still there"}'],
  ]);
  for (const { init } of calls) {
    assert.deepEqual([init.cache, init.referrerPolicy, init.credentials], ["no-store", "no-referrer", "omit"]);
  }
});

test("every kind of no answer has its name", async () => {
  const refused = { errors: [{ field: "reason", message: "Say why.", reason: "missing" }], request_id: "r-1" };
  const of = async (response: Response) => new Api(async () => response).request(ID, null);
  for (const [status, why] of [[400, "refused"], [403, "not_found"], [404, "not_found"], [409, "changed"], [429, "busy"], [500, "server"], [502, "server"], [503, "busy"]] as const) {
    const answer = await of(json(refused, status, { "Retry-After": "7" }));
    assert.ok(!answer.ok);
    assert.deepEqual([answer.why, answer.retryAfter, answer.reference], [why, 7, "r-1"]);
    assert.equal(answer.problems[0]?.field, "reason");
  }
  const page = await of(new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "X-Request-Id": "r-2" } }));
  assert.deepEqual(page, { ok: false, why: "server", retryAfter: null, problems: [], reference: "r-2" });
  const empty = await of(new Response("", { status: 200 }));
  assert.equal(empty.ok, false);
  const offline = await new Api(() => Promise.reject(new TypeError("Failed to fetch"))).request(ID, null);
  assert.deepEqual([offline.ok, !offline.ok && offline.why], [false, "offline"]);
});

test("each failure says what to do, and asks again only where that can help", () => {
  const words = (why: Parameters<typeof mayPass>[0], secret: boolean) =>
    failureWords({ why, id: ID, secret, reference: null }).title;
  assert.equal(words("not_found", true), "error.unknownLink");
  assert.equal(words("not_found", false), "error.unknownId");
  assert.equal(words("unreadable", false), "error.unreadable");
  assert.equal(words("refused", false), "error.server");
  assert.equal(words("offline", true), "error.offline");
  assert.deepEqual(["offline", "busy", "server", "not_found", "unreadable"].map((why) => mayPass(why as "busy")), [true, true, true, false, false]);
});

test("the page asks every 20 seconds, less when it is quiet, less when it fails, and then no more", () => {
  const pulse = { closed: false, quietFor: 0, failures: 0, retryAfter: null };
  assert.equal(nextLook(pulse), 20_000);
  assert.equal(nextLook({ ...pulse, quietFor: 600_000 }), 60_000);
  assert.equal(nextLook({ ...pulse, failures: 2 }), 80_000);
  assert.equal(nextLook({ ...pulse, failures: 50 }), 300_000);
  assert.equal(nextLook({ ...pulse, retryAfter: 90 }), 90_000);
  assert.equal(nextLook({ ...pulse, retryAfter: 86_400 }), 300_000);
  assert.equal(nextLook({ ...pulse, closed: true }), null);
});

test("a reason must say something, in characters that people count", () => {
  assert.equal(problemWith(" \n ")?.key, "word.empty");
  assert.equal(problemWith("🕳".repeat(2000)), null);
  assert.deepEqual(problemWith("x".repeat(2003))?.places, { count: 3, most: 2000 });
});

test("thanks last until the city answers anew or reopens what was confirmed", () => {
  const view = viewOf(resolved());
  const later = viewOf(resolved("2026-11-30T15:00:00Z"));
  const reopened = viewOf(resolved("2026-11-22T15:00:00Z"));
  assert.ok(view && later && reopened);
  reopened.status = "received";
  const about = aboutAnswer(view);
  const confirmed = { ...newDraft(), said: { word: "confirm" as const, about } };
  const disputed = { ...newDraft(), said: { word: "dispute" as const, about } };
  assert.deepEqual([stillSaid(confirmed, view), stillSaid(disputed, view)], [true, true]);
  assert.deepEqual([stillSaid(confirmed, reopened), stillSaid(disputed, reopened)], [false, true]);
  assert.deepEqual([stillSaid(confirmed, later), stillSaid(disputed, later)], [false, false]);
});
