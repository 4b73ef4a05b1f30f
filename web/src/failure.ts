/** What a page says when there is nothing to show: what happened, and what to do. */

import type { Why } from "./api.ts";
import { h } from "./dom.ts";
import { say, type Key, type Language } from "./words.ts";

export interface Failure {
  why: Why | "unreadable";
  id: string;
  secret: boolean;
  reference: string | null;
}

interface Words {
  title: Key;
  more: Key;
  advice: Key;
}

/** The words for a failure. */
export function failureWords(failure: Failure): Words {
  const { why, secret } = failure;
  if (why === "unreadable" || (why === "not_found" && secret)) {
    const key = why === "unreadable" ? "error.unreadable" : "error.unknownLink";
    return { title: key, more: `${key}More`, advice: "error.unreadableDo" };
  }
  if (why === "not_found") {
    return { title: "error.unknownId", more: "error.unknownIdMore", advice: "error.unknownIdDo" };
  }
  const key = why === "offline" || why === "busy" ? why : "server";
  return { title: `error.${key}`, more: `error.${key}More`, advice: `error.${key}Do` };
}

/** Whether asking again can help. */
export function mayPass(why: Failure["why"]): boolean {
  return why !== "unreadable" && why !== "not_found";
}

export function failed(failure: Failure, language: Language, again: () => void, asked: boolean): HTMLElement {
  const words = failureWords(failure);
  return h(
    "section",
    { class: "card failure" },
    h("h1", { tabindex: -1 }, say(language, words.title, { id: failure.id })),
    h("p", {}, say(language, words.more)),
    h("p", { class: "advice" }, say(language, words.advice)),
    failure.reference && mayPass(failure.why)
      ? h("p", { class: "quiet" }, say(language, "error.reference", { reference: failure.reference }))
      : null,
    mayPass(failure.why)
      ? h(
          "div",
          { class: "buttons" },
          h("button", { type: "button", class: "button", id: "again", onclick: again }, say(language, asked ? "view.looking" : "error.again")),
        )
      : null,
  );
}
