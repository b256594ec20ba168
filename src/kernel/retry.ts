/** Waiting times between attempts: exponential with a ceiling, spread so that many do not return at once. */
export interface Backoff {
  firstMs: number;
  ceilingMs: number;
}

/**
 * How long to wait before attempt `attempt + 1`.
 * @param attempt attempts made so far, from 1
 * @param random from 0 to 1; spreads the result over its upper half ("equal jitter")
 */
export function backoffMs(backoff: Backoff, attempt: number, random: number = Math.random()): number {
  const full = Math.min(backoff.ceilingMs, backoff.firstMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
