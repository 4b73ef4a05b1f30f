/** How long an open page waits before it asks again: soon while things move, else ever less. */

const SECOND = 1000;
const USUAL = 20 * SECOND;
const QUIET = 60 * SECOND;
const QUIET_AFTER = 10 * 60 * SECOND;
const LONGEST = 5 * 60 * SECOND;

export interface Pulse {
  /** Nothing can change any more without the resident. */
  closed: boolean;
  /** Milliseconds since the page last saw something new, or the reader came back. */
  quietFor: number;
  /** Answers in a row that were no answer. */
  failures: number;
  /** What the server asked for, in seconds. */
  retryAfter: number | null;
}

/** Milliseconds until the next look, or null for never. */
export function nextLook(pulse: Pulse): number | null {
  if (pulse.closed) return null;
  const usual = pulse.quietFor >= QUIET_AFTER ? QUIET : USUAL;
  const backedOff = Math.min(usual * 2 ** pulse.failures, LONGEST);
  return Math.max(backedOff, Math.min((pulse.retryAfter ?? 0) * SECOND, LONGEST));
}
