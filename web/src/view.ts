/** What a page shows of a request, made from either of the two answers of the API. */

export type PublicStatus = "received" | "in_progress" | "resolved";

export const STAGES: readonly PublicStatus[] = ["received", "in_progress", "resolved"];

export interface Photo {
  thumb: string;
  medium: string;
  large: string;
}

export interface Entry {
  at: string;
  words: string;
  note: string | null;
}

export interface Outcome {
  kind: string;
  note: string;
  whose: string | null;
  duplicate_of: string | null;
  until: string | null;
}

export interface View {
  id: string;
  /** Read with the key of the private link. */
  own: boolean;
  status: PublicStatus;
  service: string;
  department: string | null;
  requestedAt: string;
  updatedAt: string;
  expectedAt: string | null;
  description: string;
  place: string | null;
  notes: string | null;
  notice: string | null;
  outcome: Outcome | null;
  photos: Photo[];
  /** Photos that were sent but cannot be shown yet. */
  photosComing: number;
  /** Newest first. */
  timeline: Entry[];
  canConfirm: boolean;
  canDispute: boolean;
  closed: boolean;
  /** The resident's language; null in the public view, which is in the city's first. */
  language: string | null;
}

interface PlaceWire {
  address: string | null;
  lat: number | null;
  long: number | null;
}

interface Shared {
  service_request_id: string;
  status_notes: string | null;
  service_code: string;
  description: string;
  requested_at: string;
  updated_at: string;
  expected_at: string | null;
}

/** GET /api/requests/{id} without a key. */
export interface PublicWire extends Shared, PlaceWire {
  status: string;
  service_name: string;
  agency_responsible: string | null;
  service_notice: string | null;
  media_url: string | null;
}

/** GET /api/requests/{id} with the key of the private link. */
export interface OwnWire {
  request: Shared & {
    public_status: string;
    place: PlaceWire;
    language: string;
    outcome: Outcome | null;
    photos: number;
    shown: Photo[];
  };
  service_name: string;
  department_name: string | null;
  timeline: Entry[];
  can: string[];
}

/** The view of an answer, or null if it is neither of the two. */
export function viewOf(data: unknown): View | null {
  if (typeof data !== "object" || data === null) return null;
  if ("request" in data) return ownView(data as OwnWire);
  return "service_request_id" in data ? publicView(data as PublicWire) : null;
}

function ownView(data: OwnWire): View {
  const { request } = data;
  const status = statusOf(request.public_status);
  const canConfirm = data.can.includes("confirm");
  return {
    ...sharedOf(request, request.place),
    own: true,
    status,
    service: data.service_name,
    department: data.department_name,
    // The outcome says it already.
    notes: request.outcome?.note === request.status_notes ? null : request.status_notes,
    notice: null,
    outcome: status === "resolved" ? request.outcome : null,
    photos: request.shown,
    photosComing: Math.max(0, request.photos - request.shown.length),
    timeline: [...data.timeline].reverse(),
    canConfirm,
    canDispute: data.can.includes("dispute"),
    closed: status === "resolved" && !canConfirm,
    language: request.language,
  };
}

function publicView(data: PublicWire): View {
  const status = statusOf(data.status);
  const photo = data.media_url;
  return {
    ...sharedOf(data, data),
    own: false,
    status,
    service: data.service_name,
    department: data.agency_responsible,
    notes: data.status_notes,
    notice: data.service_notice,
    outcome: null,
    photos: photo ? [{ thumb: photo, medium: photo, large: photo }] : [],
    photosComing: 0,
    timeline: [],
    canConfirm: false,
    canDispute: false,
    closed: status === "resolved",
    language: null,
  };
}

function sharedOf(request: Shared, place: PlaceWire) {
  return {
    id: request.service_request_id,
    requestedAt: request.requested_at,
    updatedAt: request.updated_at,
    expectedAt: request.expected_at,
    description: request.description,
    place: placeOf(place),
  };
}

function placeOf(place: PlaceWire): string | null {
  if (place.address) return place.address;
  return place.lat !== null && place.long !== null
    ? `${place.lat.toFixed(5)}, ${place.long.toFixed(5)}`
    : null;
}

function statusOf(said: string): PublicStatus {
  return STAGES.find((stage) => stage === said) ?? "received";
}
