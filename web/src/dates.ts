/** Days and moments in the city's own time zone, in the reader's language. */

import type { Language } from "./words.ts";

const LOCALES: Record<Language, string> = { en: "en-US", es: "es-US" };
const DAY = 86_400_000;

/** "Friday, November 27, 2026". */
export function dayWords(at: string, language: Language, zone: string | null): string {
  return format(at, language, zone, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

/** "Nov 25, 2026, 9:30 AM EST": the zone is said, because readers may be elsewhere. */
export function momentWords(at: string, language: Language, zone: string | null): string {
  return format(at, language, zone, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** "9:30 AM". */
export function timeWords(at: string, language: Language, zone: string | null): string {
  return format(at, language, zone, { hour: "numeric", minute: "2-digit" });
}

/** "today", "tomorrow", "in 5 days"; for the past "yesterday", "5 days ago". */
export function distanceWords(days: number, language: Language): string {
  return new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" }).format(days, "day");
}

/** Calendar days from `now` until `at`, as they are counted in `zone`; negative for the past. */
export function daysUntil(at: string, now: Date, zone: string | null): number {
  return Math.round((midnight(new Date(at), zone) - midnight(now, zone)) / DAY);
}

function midnight(moment: Date, zone: string | null): number {
  const parts = formatter("en-US", zone, { year: "numeric", month: "numeric", day: "numeric" });
  const found = new Map(parts.formatToParts(moment).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(found.get("year") ?? 0, (found.get("month") ?? 1) - 1, found.get("day") ?? 1);
}

function format(
  at: string,
  language: Language,
  zone: string | null,
  options: Intl.DateTimeFormatOptions,
): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at;
  return formatter(LOCALES[language], zone, options).format(moment);
}

function formatter(
  locale: string,
  zone: string | null,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: zone ?? undefined });
  } catch {
    // A browser older than the zone's name: its own zone is better than nothing.
    return new Intl.DateTimeFormat(locale, options);
  }
}
