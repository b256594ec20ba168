/**
 * Until when the summary of a silence waits for one of its listeners: quiet hours hold it as they hold the notices that the
 * silence kept back. What is down and critical holds for nobody. Pure.
 */
import type { QuietHours } from '../../accounts/subscriptions.ts';
import type { StoredState } from '../../events/event.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { endOfQuietHours } from './quiet-hours.ts';

/** An event that was kept from the listener. */
export interface Kept {
  state: StoredState;
  severity: MaybeSeverity;
  /** Of the subscriptions by which the listener hears of it. */
  quietHours: readonly QuietHours[];
}

/** @returns null: it is told now */
export function holdSummary(kept: readonly Kept[], now: Date): Date | null {
  if (kept.some(({ state, severity }) => state === 'open' && severity === 'critical')) return null;
  // A window may have hidden thousands, which are heard by a few subscriptions.
  const hours = [...new Set(kept.map(({ quietHours }) => quietHours))];
  const ends = hours.map((one) => endOfQuietHours(one, now)?.getTime() ?? null);
  const known = ends.filter((end) => end !== null);
  return known.length > 0 && known.length === ends.length ? new Date(Math.min(...known)) : null;
}
