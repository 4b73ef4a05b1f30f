/** The tracker, with an API and a clock in the test's hands. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../../web/src/api.ts";
import { readAddress } from "../../web/src/link.ts";
import { Tracker, type News } from "../../web/src/tracker.ts";
import { json, KEY, own, resolved } from "./support.ts";

const ID = "000000000";
const LINK = readAddress(`#${ID}.${KEY}`, "");

class World {
  asked: string[] = [];
  news: News[] = [];
  answers: (() => Response | Promise<Response>)[] = [];
  time = Date.parse("2026-11-25T12:00:00Z");
  seen = true;
  waiting: { after: number; then: () => void } | null = null;
  readonly tracker = new Tracker({
    api: new Api(async (address, init) => {
      this.asked.push(`${init?.method ?? "GET"} ${String(address)}`);
      const next = this.answers.shift();
      if (!next) throw new TypeError("offline");
      return next();
    }),
    now: () => new Date(this.time),
    later: (after, then) => {
      const mine = { after, then };
      this.waiting = mine;
      return () => {
        if (this.waiting === mine) this.waiting = null;
      };
    },
    visible: () => this.seen,
    show: (news) => this.news.push(news),
  });

  answer(...bodies: unknown[]): void {
    this.answers.push(...bodies.map((body) => () => (body instanceof Response ? body : json(body))));
  }

  /** Lets the time pass that the tracker waits for. */
  async pass(): Promise<void> {
    const waiting = this.waiting;
    assert.ok(waiting, "nothing is planned");
    this.waiting = null;
    this.time += waiting.after;
    waiting.then();
    await settled();
  }

  get shown() {
    assert.equal(this.tracker.state.kind, "shown");
    return this.tracker.state as Extract<Tracker["state"], { kind: "shown" }>;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  await new Promise((go) => setImmediate(go));
}

test("a link is looked up, shown, and looked up again after 20 seconds", async () => {
  const world = new World();
  world.answer(own(), own(), resolved());
  await world.tracker.open(LINK);
  assert.deepEqual(world.news, ["redrawn", "arrived"]);
  assert.equal(world.waiting?.after, 20_000);
  await world.pass();
  assert.equal(world.news.at(-1), "redrawn", "nothing new moves nothing");
  await world.pass();
  assert.equal(world.news.at(-1), "status");
  assert.equal(world.shown.view.status, "resolved");
});

test("a closed request is asked for once", async () => {
  const world = new World();
  world.answer(resolved("2026-11-22T15:00:00Z", { can: ["dispute"] }));
  await world.tracker.open(LINK);
  assert.equal(world.waiting, null);
});

test("nobody is asked while nobody looks", async () => {
  const world = new World();
  world.answer(own(), own());
  await world.tracker.open(LINK);
  world.seen = false;
  await world.pass();
  assert.equal(world.asked.length, 1);
  world.seen = true;
  world.tracker.returned();
  await settled();
  assert.equal(world.asked.length, 2, "what is old is looked up at once");
  world.tracker.returned();
  await settled();
  assert.equal(world.asked.length, 2, "what is fresh is not");
});

test("an outage leaves on the page what is known, and says how old it is", async () => {
  const world = new World();
  world.answer(own());
  await world.tracker.open(LINK);
  await world.pass();
  assert.equal(world.shown.stale, true);
  assert.equal(world.shown.at.toISOString(), "2026-11-25T12:00:00.000Z");
  assert.equal(world.waiting?.after, 40_000);
  world.answer(own());
  await world.pass();
  assert.equal(world.shown.stale, false);
  assert.equal(world.waiting?.after, 20_000);
});

test("a link that opens nothing ends the asking", async () => {
  const world = new World();
  world.answer(json({ errors: [], request_id: "r-1" }, 404));
  await world.tracker.open(LINK);
  const { state } = world.tracker;
  assert.ok(state.kind === "failed" && state.failure.why === "not_found" && state.failure.secret);
  assert.equal(world.waiting, null);
  await world.tracker.again();
  assert.equal(world.asked.length, 1);
});

test("a server's fault is tried again, by itself and by hand, and focus stays", async () => {
  const world = new World();
  world.answer(json({}, 500), json({}, 500), json({}, 503, { "Retry-After": "120" }), own());
  await world.tracker.open(LINK);
  assert.equal(world.news.at(-1), "arrived");
  await world.tracker.again();
  assert.deepEqual(world.news.slice(-3), ["redrawn", "redrawn", "looked"]);
  await world.pass();
  assert.equal(world.news.at(-1), "arrived", "another failure is news");
  assert.equal(world.waiting?.after, 160_000);
  await world.pass();
  assert.equal(world.tracker.state.kind, "shown");
});

test("an answer that comes after the reader has gone elsewhere is dropped", async () => {
  const world = new World();
  let late: (response: Response) => void = () => {};
  world.answers.push(() => new Promise<Response>((go) => (late = go)));
  const first = world.tracker.open(LINK);
  await settled();
  await world.tracker.open({ kind: "none" });
  late(json(own()));
  await first;
  assert.equal(world.tracker.state.kind, "ask");
  assert.equal(world.waiting, null);
});

test("yes is sent once, thanked for, and the page reads what became of it", async () => {
  const world = new World();
  world.answer(resolved(), { service_request_id: ID, status: "resolved" }, resolved("2026-11-22T15:00:00Z", { can: ["dispute"] }));
  await world.tracker.open(LINK);
  await Promise.all([world.tracker.say("confirm"), world.tracker.say("confirm")]);
  assert.equal(world.asked.filter((call) => call.startsWith("POST")).length, 1);
  assert.ok(world.news.includes("thanks"));
  assert.equal(world.tracker.draft.said?.word, "confirm");
  assert.equal(world.waiting, null, "closed");
});

test("no without a reason is not sent; with one it is, and the thanks outlast the reopening", async () => {
  const world = new World();
  world.answer(resolved());
  await world.tracker.open(LINK);
  world.tracker.openReason();
  await world.tracker.say("dispute", "  ");
  assert.equal(world.tracker.draft.problem?.key, "word.empty");
  assert.equal(world.news.at(-1), "reason");
  world.answer({ service_request_id: ID, status: "received" }, own({ public_status: "received" }, { timeline: resolved().timeline }));
  await world.tracker.say("dispute", "Still a hole");
  assert.equal(world.tracker.draft.said?.word, "dispute");
  assert.equal(world.shown.view.status, "received");
  assert.equal(world.news.at(-1), "redrawn", "focus stays on the thanks");
});

test("a reason that could not be sent is kept", async () => {
  const world = new World();
  world.answer(resolved());
  await world.tracker.open(LINK);
  world.tracker.openReason();
  world.tracker.typed("Still a");
  await world.tracker.say("dispute", "Still a hole");
  assert.deepEqual([world.tracker.draft.problem?.key, world.tracker.draft.reason], ["word.notSent", "Still a hole"]);
  assert.equal(world.tracker.draft.open, true);
});

test("whoever was overtaken is told, and sees what is new", async () => {
  const world = new World();
  world.answer(resolved(), json({ errors: [], request_id: "r" }, 409), own({ public_status: "received" }));
  await world.tracker.open(LINK);
  await world.tracker.say("confirm");
  assert.equal(world.tracker.draft.problem?.key, "word.overtaken");
  assert.equal(world.shown.view.status, "received");
});

test("a reason that the city refuses is explained beside its field", async () => {
  const world = new World();
  const errors = [{ field: "reason", message: "Shorten it.", reason: "too_long" }];
  world.answer(resolved(), json({ errors, request_id: "r" }, 400));
  await world.tracker.open(LINK);
  world.tracker.openReason();
  await world.tracker.say("dispute", "x");
  assert.ok(world.tracker.draft.problem?.field);
});

test("another address starts afresh", async () => {
  const world = new World();
  world.answer(resolved(), own());
  await world.tracker.open(LINK);
  world.tracker.openReason();
  world.tracker.typed("half a word");
  await world.tracker.open(readAddress(`#${ID}`, ""));
  assert.deepEqual([world.tracker.draft.open, world.tracker.draft.reason], [false, ""]);
});
