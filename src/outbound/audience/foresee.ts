/**
 * Who would be told of an event now, by what, and what would hold it back: the same functions answer as when a notice goes
 * out, so that the answer is what happens.
 */
import type { Tx } from '../../db/transaction.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { holdBack, type Answer } from '../holdback/hold-back.ts';
import { findLastTold, loadTold } from '../holdback/told-lately.ts';
import type { Listener } from './audience.ts';
import { loadAudience } from './load-audience.ts';
import { reach } from './reach.ts';
import { keyOf } from './told.ts';

export interface Foreseen {
  listener: Listener;
  /** Of the person or the channel. */
  name: string;
  answer: Answer;
}

export interface Foreseeable {
  org: string | null;
  severity: MaybeSeverity;
  /** Of an event that is there: whoever was told of it a moment ago is not told again. */
  eventId: EventId | null;
}

export async function foresee(
  tx: Tx,
  tenantId: TenantId,
  { org, severity, eventId }: Foreseeable,
  now: Date,
): Promise<Foreseen[]> {
  const listeners = (await loadAudience(tx, tenantId))(org, severity);
  const known = await reach(tx, tenantId, listeners);
  const told = await loadTold(tx, tenantId, [...known.keys()], now);
  const lastTold = await findLastTold(tx, tenantId, eventId ? [eventId] : []);
  return listeners.flatMap((listener) => {
    const key = keyOf(listener);
    const reached = known.get(key);
    if (!reached) return [];
    const answer = holdBack({
      ...listener,
      ...told(key),
      digest: reached.digest,
      severity,
      lastToldAt: lastTold.get(`${key} ${eventId}`) ?? null,
      worseSince: null,
      isReturn: false,
      now,
    });
    return [{ listener, name: reached.name, answer }];
  });
}
