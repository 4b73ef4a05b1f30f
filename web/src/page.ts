/** What all pages share: their language, the city's name and telephone, and the form to track. */

import type { Api, City } from "./api.ts";
import { byId } from "./dom.ts";
import { readRequestId } from "./ids.ts";
import { isKey, languageOf, say, type Key, type Language } from "./words.ts";

const CHOSEN = "language";

export class Page {
  language: Language;
  city: City | null = null;
  readonly #api: Api;
  readonly #changed: () => void;

  /** `changed` is called when language or city are no longer what they were. */
  constructor(api: Api, changed: () => void) {
    this.#api = api;
    this.#changed = changed;
    this.language = languageOf([remembered(), ...navigator.languages]);
    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-language]")) {
      button.addEventListener("click", () => this.#choose(languageOf([button.dataset["language"]])));
    }
    // A fragment would replace the private link in the address.
    byId("skip", HTMLAnchorElement).addEventListener("click", (event) => {
      event.preventDefault();
      byId("main", HTMLElement).focus();
    });
    this.dress();
  }

  say(key: Key, places: Record<string, string | number> = {}): string {
    return say(this.language, key, places);
  }

  /** The site's name, with the city's once it is known. */
  get name(): string {
    return this.city ? this.say("site.named", { city: this.city.name }) : this.say("site.name");
  }

  title(words: string): void {
    document.title = `${words} – ${this.name}`;
  }

  /** Asks for the city. A page without its name and telephone is still a page. */
  async meet(): Promise<void> {
    const asked = this.language;
    const answer = await this.#api.city(asked);
    if (answer.ok && asked === this.language) {
      this.city = answer.data;
      this.#refresh();
    }
  }

  /** Speaks the language of a request, unless the reader has chosen one. */
  suggest(language: string | null): void {
    if (language && !remembered()) this.#speak(languageOf([language, this.language]));
  }

  /** All texts that stand in the page's HTML. */
  dress(): void {
    document.documentElement.lang = this.language;
    for (const element of document.querySelectorAll<HTMLElement>("[data-t]")) {
      const key = element.dataset["t"] ?? "";
      if (isKey(key)) element.textContent = key === "site.name" ? this.name : this.say(key);
    }
    for (const element of document.querySelectorAll<HTMLElement>("[data-label]")) {
      const key = element.dataset["label"] ?? "";
      if (isKey(key)) element.setAttribute("aria-label", this.say(key));
    }
    for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset["language"] === this.language));
    }
    this.#dressCity();
  }

  #dressCity(): void {
    if (!this.city) return;
    byId("emergency", HTMLElement).textContent = this.say("site.emergencyAt", {
      number: this.city.emergency_number,
    });
    const contact = byId("contact", HTMLElement);
    contact.textContent = this.city.contact;
    contact.lang = this.city.language;
  }

  #choose(language: Language): void {
    remember(language);
    this.#speak(language);
  }

  #speak(language: Language): void {
    if (language === this.language) return;
    this.language = language;
    this.#refresh();
    void this.meet();
  }

  #refresh(): void {
    this.dress();
    this.#changed();
  }
}

/** The form to track: `go` gets a readable id; anything else is explained beside the field. */
export class FindForm {
  readonly #page: Page;
  readonly #field = byId("id", HTMLInputElement);
  readonly #problem = byId("id-problem", HTMLElement);
  #said: Key | null = null;

  constructor(page: Page, go: (id: string) => void) {
    this.#page = page;
    byId("find", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const id = readRequestId(this.#field.value);
      this.#said = id ? null : this.#field.value.trim() ? "find.wrong" : "find.empty";
      this.dress();
      if (id) go(id);
      else this.#field.focus();
    });
  }

  /** Fills the field with what was meant to be an id. */
  offer(text: string): void {
    this.#field.value = text;
  }

  /** The problem, in the page's language. */
  dress(): void {
    const words = this.#said ? this.#page.say(this.#said) : "";
    this.#problem.textContent = words && `${this.#page.say("error.word")}: ${words}`;
    this.#problem.hidden = !words;
    if (words) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
    this.#field.setAttribute("aria-describedby", words ? "id-problem id-hint" : "id-hint");
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(CHOSEN, language);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
