/** The resident's word on an answer: "Yes, it is done" and "No, it is not", with the reason. */

import { h, type Child } from "./dom.ts";
import type { Setting } from "./head.ts";
import { answer } from "./story.ts";
import type { View } from "./view.ts";
import { say, type Key } from "./words.ts";

/** Characters; what the API takes. */
export const MOST = 2000;

/** A question half answered, kept while the page around it changes. */
export interface Draft {
  open: boolean;
  reason: string;
  sending: "confirm" | "dispute" | null;
  problem: Problem | null;
  /** What was said, and about which answer of the city. */
  said: { word: "confirm" | "dispute"; about: string } | null;
}

export interface Problem {
  key: Key;
  places?: Record<string, number>;
  /** Something is wrong with the reason itself, not with sending it. */
  field: boolean;
}

export interface Hands {
  confirm: () => void;
  dispute: (reason: string) => void;
  open: () => void;
  close: () => void;
  typed: (reason: string) => void;
}

export function newDraft(): Draft {
  return { open: false, reason: "", sending: null, problem: null, said: null };
}

/** What is wrong with a reason, or null. */
export function problemWith(reason: string): Problem | null {
  const length = Array.from(reason.trim()).length;
  if (length === 0) return { key: "word.empty", field: true };
  if (length <= MOST) return null;
  return { key: "word.tooLong", places: { count: length - MOST, most: MOST }, field: true };
}

/** Which of the city's answers a word is about: when it was given. */
export function aboutAnswer(view: View): string {
  return view.timeline.find((entry) => entry.words === "resolved")?.at ?? "";
}

/** Whether thanks are still due: until the city answers anew, or reopens what was confirmed. */
export function stillSaid(draft: Draft, view: View): boolean {
  const { said } = draft;
  if (!said || said.about !== aboutAnswer(view)) return false;
  return said.word === "dispute" || view.status === "resolved";
}

export function word(view: View, draft: Draft, setting: Setting, hands: Hands): HTMLElement {
  const said = draft.said && stillSaid(draft, view) ? draft.said.word : null;
  return h(
    "section",
    { class: "card word", "aria-labelledby": "word" },
    ...(said ? thanks(said, setting) : question(view, draft, setting, hands)),
  );
}

function thanks(said: "confirm" | "dispute", { language }: Setting): Child[] {
  const key = said === "confirm" ? "word.confirmed" : "word.disputed";
  return [
    h("h2", { id: "word", tabindex: -1 }, say(language, key)),
    h("p", {}, say(language, `${key}More`)),
  ];
}

function question(view: View, draft: Draft, setting: Setting, hands: Hands): Child[] {
  const { language } = setting;
  const done = !view.outcome || view.outcome.kind === "fixed";
  const title = view.closed ? "word.stillWrong" : done ? "word.isItDone" : "word.isItRight";
  const ask = view.closed ? "word.askClosed" : done ? "word.ask" : "word.askRight";
  if (!view.canConfirm && !view.canDispute) return overtaken(setting);
  return [
    view.outcome ? answer(view.outcome, setting) : null,
    h("h2", { id: "word", tabindex: -1 }, say(language, title)),
    h("p", {}, say(language, ask)),
    draft.problem && !draft.problem.field
      ? h("p", { class: "problem", id: "word-problem", tabindex: -1 }, problemWords(draft.problem, setting))
      : null,
    draft.open ? reasonForm(draft, done, setting, hands) : buttons(view, draft, done, setting, hands),
  ];
}

/** Somebody was faster: there is nothing to answer any more. */
function overtaken({ language }: Setting): Child[] {
  return [
    h("h2", { id: "word", tabindex: -1 }, say(language, "word.overtakenTitle")),
    h("p", { class: "banner", id: "word-problem", tabindex: -1 }, say(language, "word.overtakenMore")),
  ];
}

function buttons(view: View, draft: Draft, done: boolean, { language }: Setting, hands: Hands): HTMLElement {
  const busy = draft.sending !== null;
  const yes = draft.sending === "confirm" ? "word.sending" : done ? "word.yesDone" : "word.yesRight";
  return h(
    "div",
    { class: "buttons" },
    view.canConfirm
      ? h(
          "button",
          { type: "button", class: "button button-yes", id: "yes", "aria-disabled": busy && "true", onclick: hands.confirm },
          say(language, yes),
        )
      : null,
    view.canDispute
      ? h(
          "button",
          { type: "button", class: "button", id: "no", "aria-disabled": busy && "true", onclick: hands.open },
          say(language, "word.no"),
        )
      : null,
  );
}

function reasonForm(draft: Draft, done: boolean, setting: Setting, hands: Hands): HTMLElement {
  const { language } = setting;
  const problem = draft.problem?.field ? draft.problem : null;
  const busy = draft.sending !== null;
  const field = h("textarea", {
    id: "reason",
    rows: 4,
    required: true,
    "aria-invalid": problem && "true",
    "aria-describedby": problem ? "reason-problem reason-hint" : "reason-hint",
    oninput: () => hands.typed(field.value),
  });
  field.value = draft.reason;
  return h(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        hands.dispute(field.value);
      },
    },
    h("label", { for: "reason" }, say(language, "word.why")),
    h("p", { class: "hint", id: "reason-hint" }, say(language, "word.whyHint")),
    problem ? h("p", { class: "problem", id: "reason-problem" }, problemWords(problem, setting)) : null,
    field,
    h(
      "div",
      { class: "buttons" },
      h(
        "button",
        { type: "submit", class: "button button-yes", id: "send", "aria-disabled": busy && "true" },
        say(language, busy ? "word.sending" : done ? "word.send" : "word.sendWrong"),
      ),
      h(
        "button",
        { type: "button", class: "button", id: "cancel", "aria-disabled": busy && "true", onclick: hands.close },
        say(language, "word.cancel"),
      ),
    ),
  );
}

function problemWords(problem: Problem, { language }: Setting): string {
  return `${say(language, "error.word")}: ${say(language, problem.key, problem.places)}`;
}
