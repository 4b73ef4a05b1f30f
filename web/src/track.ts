/** The tracking page: draws what the tracker knows, moves focus and says aloud what is new. */

import { Api } from "./api.ts";
import { momentWords, timeWords } from "./dates.ts";
import { byId, h, Parts, type Part } from "./dom.ts";
import { failed, failureWords } from "./failure.ts";
import { head, statusWord, type Setting } from "./head.ts";
import { readAddress } from "./link.ts";
import { FindForm, Page } from "./page.ts";
import { message, reported, timeline } from "./story.ts";
import { Tracker, type News } from "./tracker.ts";
import type { View } from "./view.ts";
import { stillSaid, word, type Hands } from "./word.ts";

const api = new Api((input, init) => fetch(input, init));
const live = byId("live", HTMLElement);
const parts = new Parts(byId("view", HTMLElement));
const tracker: Tracker = new Tracker({
  api,
  now: () => new Date(),
  later: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
  visible: () => document.visibilityState === "visible",
  show,
});
const page: Page = new Page(api, () => show("redrawn"));
const find = new FindForm(page, (id) => {
  if (location.hash === `#${id}`) void tracker.open(readAddress(location.hash, ""));
  else location.assign(`/track/#${id}`);
});
const hands: Hands = {
  confirm: () => void tracker.say("confirm"),
  dispute: (reason) => void tracker.say("dispute", reason),
  open: () => tracker.openReason(),
  close: () => tracker.closeReason(),
  typed: (reason) => tracker.typed(reason),
};

function setting(): Setting {
  const { city, language } = page;
  const zone = city?.time_zone ?? null;
  return { language, zone, cityLanguage: city?.languages[0] ?? null, now: new Date() };
}

function show(news: News): void {
  const { state } = tracker;
  if (state.kind === "shown" && news === "arrived") page.suggest(state.view.language);
  parts.show(partsNow());
  byId("find-title", HTMLElement).hidden = state.kind === "ask";
  if (state.kind === "failed" && state.failure.why === "unreadable") find.offer(state.failure.id);
  find.dress();
  page.title(titleNow());
  speak(news);
}

function titleNow(): string {
  const { state } = tracker;
  if (state.kind === "ask") return page.say("find.title");
  if (state.kind === "waiting") return page.say("wait.title", { id: state.id });
  if (state.kind === "failed") {
    const title = page.say(failureWords(state.failure).title, { id: state.failure.id });
    return `${page.say("error.word")}: ${title}`;
  }
  const title = `${state.view.id}: ${statusWord(page.language, state.view.status)}`;
  return tracker.draft.problem ? `${page.say("error.word")}: ${title}` : title;
}

function partsNow(): Part[] {
  const { state } = tracker;
  const { language } = page;
  if (state.kind === "shown") return shownParts(state.view, state.at, state.stale);
  if (state.kind === "failed") {
    const make = () => failed(state.failure, language, () => void tracker.again(), tracker.asked);
    return [{ name: "failure", of: [state.failure, language, tracker.asked], make }];
  }
  const title = state.kind === "ask" ? page.say("find.title") : page.say("wait.title", { id: state.id });
  const text = page.say(state.kind === "ask" ? "find.lead" : "wait.text");
  const make = () => h("div", { class: "plain" }, h("h1", { tabindex: -1 }, title), h("p", { class: "lead" }, text));
  return [{ name: state.kind, of: [title, text], make }];
}

function shownParts(view: View, at: Date, stale: boolean): Part[] {
  const around = setting();
  const { draft } = tracker;
  const { language, zone, cityLanguage } = around;
  const said = [language, zone, cityLanguage];
  const time = timeWords(at.toISOString(), language, zone);
  const parts: (Part | null)[] = [
    stale ? { name: "stale", of: [time, said], make: () => banner(page.say("view.stale", { time })) } : null,
    { name: "head", of: [view, said, at.toDateString()], make: () => head(view, around) },
    view.own ? null : { name: "public", of: said, make: () => banner(page.say("view.public")) },
    view.notes
      ? { name: "notes", of: [view.notes, said], make: () => h("div", { class: "card" }, message(view.notes ?? "", around)) }
      : null,
    view.canConfirm || view.canDispute || draft.problem || stillSaid(draft, view)
      ? {
          name: "word",
          of: [view.outcome, view.canConfirm, view.canDispute, { ...draft, reason: null }, said],
          make: () => word(view, draft, around, hands),
        }
      : null,
    view.timeline.length
      ? { name: "story", of: [view.timeline, view.outcome, view.canDispute, said], make: () => timeline(view, around) }
      : null,
    {
      name: "reported",
      of: [view.description, view.notice, view.photos, view.photosComing, said],
      make: () => reported(view, around),
    },
    { name: "looked", of: [view.updatedAt, time, said, tracker.asked], make: () => looked(view, time, around) },
  ];
  return parts.filter((part) => part !== null);
}

function banner(words: string): HTMLElement {
  return h("p", { class: "banner" }, words);
}

function looked(view: View, time: string, { language, zone }: Setting): HTMLElement {
  return h(
    "p",
    { class: "looked" },
    h("span", {}, page.say("view.updated", { when: momentWords(view.updatedAt, language, zone) })),
    h("span", {}, page.say("view.checked", { time })),
    h(
      "button",
      { type: "button", class: "link", id: "look", onclick: () => void tracker.again() },
      page.say(tracker.asked ? "view.looking" : "view.look"),
    ),
  );
}

const FOCUS: Partial<Record<News, string>> = {
  arrived: "#view h1",
  reason: "#reason",
  problem: "#word-problem",
  thanks: "#word",
  no: "#no",
};

function speak(news: News): void {
  const { state } = tracker;
  const place = FOCUS[news];
  if (place) document.querySelector<HTMLElement>(place)?.focus();
  if (state.kind === "waiting") announce(page.say("wait.text"));
  if (state.kind === "failed" && news === "looked") announce(titleNow());
  if (state.kind !== "shown") return;
  const status = statusWord(page.language, state.view.status);
  const time = timeWords(state.at.toISOString(), page.language, setting().zone);
  if (news === "arrived") announce(page.say("view.announce", { id: state.view.id, status }));
  if (news === "status") announce(page.say("view.changed", { status }));
  if (news === "looked") announce(page.say(state.stale ? "view.stale" : "view.checked", { time }));
}

/** Said aloud even if it was said before: readers only hear of text that changes. */
function announce(words: string): void {
  live.textContent = "";
  setTimeout(() => {
    live.textContent = words;
  }, 100);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tracker.returned();
});
addEventListener("online", () => void tracker.look());
addEventListener("hashchange", () => void tracker.open(readAddress(location.hash, location.search)));

// Without script the form leads nowhere, so it is not there.
byId("finder", HTMLElement).hidden = false;
void page.meet();
void tracker.open(readAddress(location.hash, location.search));
