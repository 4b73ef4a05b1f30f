/** A request followed on the page: what is known of it, when to ask again, what the resident says. */

import type { Answer, Api, Standing, Word } from "./api.ts";
import { mayPass, type Failure } from "./failure.ts";
import type { Address } from "./link.ts";
import { nextLook } from "./polling.ts";
import { viewOf, type View } from "./view.ts";
import { aboutAnswer, newDraft, problemWith, stillSaid, type Draft, type Problem } from "./word.ts";

export type State =
  | { kind: "ask" }
  | { kind: "waiting"; id: string }
  | { kind: "failed"; failure: Failure }
  | { kind: "shown"; view: View; at: Date; stale: boolean };

/** What just happened: where focus goes and what is said aloud. */
export type News = "arrived" | "status" | "answer" | "reason" | "problem" | "thanks" | "no" | "looked" | "redrawn";

export interface Surroundings {
  api: Api;
  now: () => Date;
  /** Calls back after so many milliseconds, unless called off. */
  later: (milliseconds: number, then: () => void) => () => void;
  visible: () => boolean;
  show: (news: News) => void;
}

export class Tracker {
  state: State = { kind: "ask" };
  draft: Draft = newDraft();
  /** The reader has asked for a look and waits for it. */
  asked = false;
  readonly #around: Surroundings;
  #key: string | null = null;
  #visit = 0;
  #failures = 0;
  #retryAfter: number | null = null;
  #newsAt = 0;
  #lookedAt = 0;
  #callOff: () => void = () => {};

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Follows another address. */
  async open(address: Address): Promise<void> {
    this.#visit += 1;
    this.#callOff();
    this.#key = null;
    this.#failures = 0;
    this.draft = newDraft();
    if (address.kind === "link") {
      this.#key = address.key;
      this.#newsAt = this.#around.now().getTime();
      this.#to({ kind: "waiting", id: address.id }, "redrawn");
      await this.look();
    } else if (address.kind === "unreadable") {
      const failure: Failure = { why: "unreadable", id: address.said, secret: address.secret, reference: null };
      this.#to({ kind: "failed", failure }, "arrived");
    } else {
      this.#to({ kind: "ask" }, "redrawn");
    }
  }

  /** Looks because the reader wants it, and tells them that it was done. */
  async again(): Promise<void> {
    if (this.asked) return;
    this.asked = true;
    this.#around.show("redrawn");
    const news = await this.look();
    this.asked = false;
    this.#around.show(news === "redrawn" ? "looked" : "redrawn");
  }

  /** Asks how the request stands now. */
  async look(): Promise<News> {
    const id = this.#id();
    if (!id) return "redrawn";
    this.#callOff();
    const visit = this.#visit;
    this.#lookedAt = this.#around.now().getTime();
    const answer = await this.#around.api.request(id, this.#key);
    if (visit !== this.#visit) return "redrawn";
    const view = answer.ok ? viewOf(answer.data) : null;
    const news = view ? this.#arrived(view) : this.#missed(id, answer);
    this.#around.show(news);
    this.#plan();
    return news;
  }

  /** The reader is back: what is old is looked up at once, and often again. */
  returned(): void {
    this.#newsAt = this.#around.now().getTime();
    const due = this.#pause();
    if (due !== null && this.#around.now().getTime() - this.#lookedAt >= due) void this.look();
    else this.#plan();
  }

  openReason(): void {
    if (this.draft.sending) return;
    this.draft = { ...this.draft, open: true, problem: null };
    this.#around.show("reason");
  }

  closeReason(): void {
    if (this.draft.sending) return;
    this.draft = { ...this.draft, open: false, problem: null };
    this.#around.show("no");
  }

  typed(reason: string): void {
    this.draft = { ...this.draft, reason };
  }

  /** Sends the resident's word. */
  async say(word: Word, reason = ""): Promise<void> {
    const { state } = this;
    if (state.kind !== "shown" || !this.#key || this.draft.sending) return;
    const problem = word === "dispute" ? problemWith(reason) : null;
    this.draft = { ...this.draft, reason, problem, sending: problem ? null : word };
    this.#around.show(problem ? "reason" : "redrawn");
    if (problem) return;
    const visit = this.#visit;
    const about = aboutAnswer(state.view);
    const answer = await this.#around.api.say(word, state.view.id, this.#key, reason);
    if (visit !== this.#visit) return;
    this.#heard(word, about, answer);
    if (answer.ok || answer.why === "changed") await this.look();
  }

  #heard(word: Word, about: string, answer: Answer<Standing>): void {
    if (answer.ok) {
      this.draft = { ...newDraft(), said: { word, about } };
      this.#around.show("thanks");
      return;
    }
    const problem = refusal(answer);
    this.draft = { ...this.draft, sending: null, problem };
    this.#around.show(problem.field ? "reason" : "problem");
  }

  #arrived(view: View): News {
    const before = this.state.kind === "shown" ? this.state.view : null;
    const at = this.#around.now();
    if (JSON.stringify(before) !== JSON.stringify(view)) this.#newsAt = at.getTime();
    this.#failures = 0;
    this.#retryAfter = null;
    if (this.draft.said && !stillSaid(this.draft, view)) this.draft = newDraft();
    this.state = { kind: "shown", view, at, stale: false };
    if (before === null) return "arrived";
    // What follows from the resident's own word was said by the thanks.
    return before.status === view.status || this.draft.said ? "redrawn" : "status";
  }

  #missed(id: string, answer: Answer<unknown>): News {
    const { state } = this;
    const why = answer.ok ? "server" : answer.why;
    this.#failures += 1;
    this.#retryAfter = answer.ok ? null : answer.retryAfter;
    if (state.kind === "shown" && mayPass(why)) {
      this.state = { ...state, stale: true };
      return "redrawn";
    }
    const reference = answer.ok ? null : answer.reference;
    this.state = { kind: "failed", failure: { why, id, secret: this.#key !== null, reference } };
    return state.kind === "failed" && state.failure.why === why ? "redrawn" : "arrived";
  }

  #to(state: State, news: News): void {
    this.state = state;
    this.#around.show(news);
  }

  #id(): string | null {
    const { state } = this;
    if (state.kind === "shown") return state.view.id;
    if (state.kind === "waiting") return state.id;
    return state.kind === "failed" && mayPass(state.failure.why) ? state.failure.id : null;
  }

  #pause(): number | null {
    if (!this.#id()) return null;
    return nextLook({
      closed: this.state.kind === "shown" && !this.state.stale && this.state.view.closed,
      quietFor: this.#around.now().getTime() - this.#newsAt,
      failures: this.#failures,
      retryAfter: this.#retryAfter,
    });
  }

  /** The next look, if somebody is looking at all; `returned` starts it again. */
  #plan(): void {
    this.#callOff();
    const pause = this.#pause();
    if (pause !== null && this.#around.visible()) {
      this.#callOff = this.#around.later(pause, () => {
        if (this.#around.visible()) void this.look();
      });
    }
  }
}

function refusal(answer: Extract<Answer<unknown>, { ok: false }>): Problem {
  if (answer.why === "changed") return { key: "word.overtaken", field: false };
  const field = answer.problems.some((problem) => problem.field === "reason");
  if (answer.why === "refused") return { key: field ? "word.empty" : "word.refused", field };
  return { key: answer.why === "not_found" ? "word.refused" : "word.notSent", field: false };
}
