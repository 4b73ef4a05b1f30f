/** The top of a request's page: its number, its status in words, three steps, the promise. */

import { dayWords, daysUntil, distanceWords, momentWords } from "./dates.ts";
import { h } from "./dom.ts";
import { STAGES, type PublicStatus, type View } from "./view.ts";
import { isKey, say, type Key, type Language } from "./words.ts";

/** What a text needs to know of its reader and city. */
export interface Setting {
  language: Language;
  zone: string | null;
  /** The city's first language: what staff write and public texts are in, as far as anybody knows. */
  cityLanguage: string | null;
  now: Date;
}

export function statusWord(language: Language, status: PublicStatus): string {
  return say(language, `status.${status}`);
}

/** `lang` for a text in another language than the page's; else nothing. */
export function foreign(setting: Setting, language: string | null): string | null {
  return language && language !== setting.language ? language : null;
}

export function head(view: View, setting: Setting): HTMLElement {
  const { language } = setting;
  const theirs = foreign(setting, view.language ?? setting.cityLanguage);
  return h(
    "header",
    { class: "card head" },
    h(
      "h1",
      { tabindex: -1 },
      h("span", { class: "head-label" }, say(language, "view.request")),
      " ",
      h("span", { class: "head-id", translate: "no" }, view.id),
    ),
    h("p", { class: "head-service", lang: theirs }, view.service),
    h(
      "section",
      { class: `status status-${view.status}`, "aria-labelledby": "status" },
      h("h2", { id: "status", class: "status-word" }, statusWord(language, view.status)),
      h("p", { class: "status-meaning" }, meaning(view, language)),
      steps(view.status, language),
    ),
    facts(view, setting, theirs),
  );
}

function meaning(view: View, language: Language): string {
  const outcome = `outcome.${view.outcome?.kind}`;
  return say(language, isKey(outcome) ? outcome : `meaning.${view.status}`);
}

function steps(status: PublicStatus, language: Language): HTMLElement {
  const here = STAGES.indexOf(status);
  const items = STAGES.map((stage, index) => {
    // The last step is not "now": whoever is there has arrived.
    const arrived = index < here || (index === here && index === STAGES.length - 1);
    const state = arrived ? "done" : index === here ? "now" : "next";
    return h(
      "li",
      { class: `step step-${state}`, "aria-current": index === here ? "step" : null },
      h("span", { class: "step-mark", "aria-hidden": "true" }, arrived ? "✓" : String(index + 1)),
      h("span", { class: "step-name" }, statusWord(language, stage)),
      h("span", { class: "step-state" }, say(language, `step.${state}`)),
    );
  });
  return h("ol", { class: "steps" }, ...items);
}

function facts(view: View, setting: Setting, theirs: string | null): HTMLElement {
  const { language } = setting;
  return h(
    "dl",
    { class: "facts" },
    promise(view, setting),
    view.department
      ? fact(language, "fact.department", h("span", { lang: theirs }, view.department))
      : fact(language, "fact.department", say(language, "fact.noDepartment")),
    view.place ? fact(language, "fact.place", view.place) : null,
    fact(language, "fact.reported", moment(view.requestedAt, setting)),
  );
}

function promise(view: View, setting: Setting): HTMLElement {
  const { language, zone, now } = setting;
  if (!view.expectedAt) return fact(language, "fact.promise", say(language, "fact.noPromise"));
  const day = h("time", { datetime: view.expectedAt }, dayWords(view.expectedAt, language, zone));
  if (view.status === "resolved") return fact(language, "fact.promiseWas", day);
  const late = Date.parse(view.expectedAt) < now.getTime();
  const distance = distanceWords(daysUntil(view.expectedAt, now, zone), language);
  return fact(
    language,
    late ? "fact.promiseWas" : "fact.promise",
    day,
    h("span", { class: "distance" }, ` (${distance})`),
    late ? h("span", { class: "late" }, say(language, "fact.late")) : null,
  );
}

export function moment(at: string, setting: Setting): HTMLElement {
  return h("time", { datetime: at }, momentWords(at, setting.language, setting.zone));
}

function fact(language: Language, name: Key, ...value: (Node | string | null)[]): HTMLElement {
  return h("div", {}, h("dt", {}, say(language, name)), h("dd", {}, ...value));
}
