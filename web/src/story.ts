/** The rest of a request's page: the city's message, what happened, what was reported. */

import { dayWords } from "./dates.ts";
import { h, type Child } from "./dom.ts";
import { foreign, moment, type Setting } from "./head.ts";
import type { Entry, Outcome, Photo, View } from "./view.ts";
import { isKey, say } from "./words.ts";

/** The city's own words, marked as such. */
export function message(words: string, setting: Setting, ...more: Child[]): HTMLElement {
  return h(
    "div",
    { class: "message" },
    h("p", { class: "message-from" }, say(setting.language, "message.from")),
    h("blockquote", { lang: foreign(setting, setting.cityLanguage) }, words),
    ...more,
  );
}

/** The city's answer: its words and what belongs to them. */
export function answer(outcome: Outcome, setting: Setting): HTMLElement {
  const { language, zone } = setting;
  const { whose, until, duplicate_of: other } = outcome;
  return message(
    outcome.note,
    setting,
    whose ? h("p", {}, say(language, "outcome.whose", { whose })) : null,
    until ? h("p", {}, say(language, "outcome.until", { day: dayWords(until, language, zone) })) : null,
    other ? h("p", {}, h("a", { href: `#${other}` }, say(language, "outcome.other", { id: other }))) : null,
  );
}

/** What happened, newest first; what stands above as the city's answer is not said twice. */
export function timeline(view: View, setting: Setting): HTMLElement {
  const answer = view.canConfirm || view.canDispute ? view.outcome?.note : null;
  const entries = view.timeline.map((entry) => (entry.note === answer ? { ...entry, note: null } : entry));
  return h(
    "section",
    { class: "card story", "aria-labelledby": "told" },
    h("h2", { id: "told" }, say(setting.language, "told.title")),
    h("ol", { class: "timeline", reversed: true }, ...entries.map((entry) => told(entry, setting))),
  );
}

function told(entry: Entry, setting: Setting): HTMLElement {
  const key = `told.${entry.words}`;
  return h(
    "li",
    {},
    h("p", { class: "timeline-words" }, say(setting.language, isKey(key) ? key : "told.other")),
    h("p", { class: "timeline-at" }, moment(entry.at, setting)),
    entry.note ? message(entry.note, setting) : null,
  );
}

export function reported(view: View, setting: Setting): HTMLElement {
  const { language } = setting;
  return h(
    "section",
    { class: "card reported", "aria-labelledby": "reported" },
    h("h2", { id: "reported" }, say(language, "report.title")),
    view.description
      ? h("p", { class: "words", lang: foreign(setting, view.language) }, view.description)
      : h("p", { class: "quiet" }, say(language, "report.nothing")),
    view.notice
      ? h("p", { class: "notice", lang: foreign(setting, setting.cityLanguage) }, view.notice)
      : null,
    ...photos(view, setting),
  );
}

function photos(view: View, setting: Setting): HTMLElement[] {
  const { language } = setting;
  const found: HTMLElement[] = [];
  if (view.photos.length || view.photosComing) {
    found.push(h("h3", {}, say(language, "photos.title")));
  }
  if (view.photos.length) {
    const items = view.photos.map((each, index) => h("li", {}, photo(each, index + 1, view.photos.length, setting)));
    found.push(h("ul", { class: "photos" }, ...items));
  }
  if (view.photosComing) found.push(h("p", { class: "quiet" }, say(language, "photos.coming")));
  return found;
}

function photo(each: Photo, number: number, count: number, setting: Setting): HTMLElement {
  const image = h("img", {
    src: each.medium,
    srcset: `${each.thumb} 320w, ${each.medium} 1024w`,
    sizes: "(min-width: 62rem) 22rem, 92vw",
    alt: say(setting.language, "photos.alt", { number, count }),
    loading: "lazy",
    decoding: "async",
  });
  return h("a", { href: each.large }, image);
}
