/** The three calls of the city's JSON API that residents' pages make; the secret goes in a header. */

const KEY_HEADER = "X-City311-Key";
const PATIENCE = 15_000;

/** Why there is no answer to show. */
export type Why = "offline" | "not_found" | "refused" | "changed" | "busy" | "server";

export interface Problem {
  field: string | null;
  message: string;
  reason: string;
}

export type Answer<T> =
  | { ok: true; data: T }
  | { ok: false; why: Why; retryAfter: number | null; problems: Problem[]; reference: string | null };

export interface City {
  name: string;
  language: string;
  languages: string[];
  contact: string;
  phone: string;
  emergency_number: string;
  time_zone: string;
}

export interface Standing {
  service_request_id: string;
  status: string;
}

export type Word = "confirm" | "dispute";

export class Api {
  readonly #fetch: typeof fetch;

  constructor(fetcher: typeof fetch) {
    this.#fetch = fetcher;
  }

  /** The city in `language`. */
  city(language: string): Promise<Answer<City>> {
    return this.#ask("/api/city", { headers: { "Accept-Language": language } }, "default");
  }

  /** A request: what anybody may see or, with the key of the private link, a little more. */
  request(id: string, key: string | null): Promise<Answer<unknown>> {
    return this.#ask(path(id), { headers: secret(key) });
  }

  /** The resident's word on an answer. */
  say(word: Word, id: string, key: string, words: string): Promise<Answer<Standing>> {
    const body = JSON.stringify(word === "confirm" ? { note: words } : { reason: words });
    const headers = { ...secret(key), "Content-Type": "application/json" };
    return this.#ask(`${path(id)}/${word}`, { method: "POST", headers, body });
  }

  async #ask<T>(address: string, init: RequestInit, cache: RequestCache = "no-store"): Promise<Answer<T>> {
    let response: Response;
    try {
      response = await this.#fetch(address, {
        ...init,
        cache,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return failed("offline");
    }
    const data = await response.json().catch(() => null);
    if (response.ok && data !== null) return { ok: true, data };
    return failed(whyOf(response.status), response, data);
  }
}

function path(id: string): string {
  return `/api/requests/${encodeURIComponent(id)}`;
}

function secret(key: string | null): Record<string, string> {
  return key ? { [KEY_HEADER]: key } : {};
}

function whyOf(status: number): Why {
  if (status === 401 || status === 403 || status === 404) return "not_found";
  if (status === 409) return "changed";
  if (status === 429 || status === 503) return "busy";
  return status >= 400 && status < 500 ? "refused" : "server";
}

function failed(why: Why, response?: Response, data?: unknown): Extract<Answer<never>, { ok: false }> {
  const said = (data ?? {}) as { errors?: Problem[]; request_id?: string };
  const wait = Number(response?.headers.get("Retry-After") ?? "");
  return {
    ok: false,
    why,
    retryAfter: Number.isFinite(wait) && wait > 0 ? wait : null,
    problems: Array.isArray(said.errors) ? said.errors : [],
    reference: said.request_id ?? response?.headers.get("X-Request-Id") ?? null,
  };
}
