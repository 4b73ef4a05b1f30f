/** What the address says: `#<id>.<capability>`, `#<id>` or, from a plain form, `?id=<id>`. */

import { readRequestId } from "./ids.ts";

export type Address =
  | { kind: "none" }
  | { kind: "unreadable"; said: string; secret: boolean }
  | { kind: "link"; id: string; key: string | null };

/** Reads an address. The capability is only ever handed on in a header, so it must fit into one. */
export function readAddress(hash: string, search: string): Address {
  const said = decoded(hash.replace(/^#/, "")).trim() || (new URLSearchParams(search).get("id") ?? "").trim();
  if (!said || said === "main") return { kind: "none" };
  const dot = said.indexOf(".");
  const id = readRequestId(dot < 0 ? said : said.slice(0, dot));
  // Mail programs add a full stop or a bracket to the end of a link.
  const key = dot < 0 ? "" : (/^[0-9A-Za-z_-]*/.exec(said.slice(dot + 1))?.[0] ?? "");
  if (!id) return { kind: "unreadable", said: dot < 0 ? said : said.slice(0, dot), secret: dot >= 0 };
  return { kind: "link", id, key: key || null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
