/** What the tests of pages share: answers of the API, and a clock that waits for nobody. */

import type { OwnWire, PublicWire } from "../../web/src/view.ts";

export const ID = "7H2K9MQ4X";
export const KEY = "0123456789ABCDEFGHJKMNPQRS";

export function own(change: Partial<OwnWire["request"]> = {}, rest: Partial<OwnWire> = {}): OwnWire {
  return {
    request: {
      service_request_id: ID,
      public_status: "in_progress",
      status_notes: null,
      service_code: "pothole",
      description: "Deep hole",
      place: { address: "12 Mill Street", lat: 40.1, long: -40.2 },
      language: "en",
      requested_at: "2026-11-20T15:00:00Z",
      updated_at: "2026-11-21T15:00:00Z",
      expected_at: "2026-11-27T22:00:00Z",
      outcome: null,
      photos: 0,
      shown: [],
      ...change,
    },
    service_name: "Pothole",
    department_name: "Streets",
    timeline: [
      { at: "2026-11-20T15:00:00Z", words: "received", note: null },
      { at: "2026-11-20T15:00:00Z", words: "routed", note: null },
    ],
    can: [],
    ...rest,
  };
}

export function resolved(at = "2026-11-22T15:00:00Z", rest: Partial<OwnWire> = {}): OwnWire {
  const outcome = { kind: "fixed", note: "Filled with asphalt.", whose: null, duplicate_of: null, until: null };
  const before = own();
  return own(
    { public_status: "resolved", outcome, status_notes: outcome.note },
    { timeline: [...before.timeline, { at, words: "resolved", note: outcome.note }], can: ["confirm", "dispute"], ...rest },
  );
}

export function anybody(change: Partial<PublicWire> = {}): PublicWire {
  return {
    service_request_id: ID,
    status: "received",
    status_notes: null,
    service_code: "pothole",
    service_name: "Pothole",
    description: "Deep hole",
    agency_responsible: "Streets",
    service_notice: null,
    requested_at: "2026-11-20T15:00:00Z",
    updated_at: "2026-11-20T15:00:00Z",
    expected_at: null,
    address: null,
    lat: 40.1,
    long: -40.2,
    media_url: null,
    ...change,
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
