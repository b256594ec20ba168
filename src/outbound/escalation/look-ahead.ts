/** What an event's page says of its ladder: where it stands, and what comes next if nobody does anything. */
import type { Tx } from '../../db/transaction.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { lookAt, type Look, type Standing } from './climb.ts';
import { findEscalation } from './escalations.ts';
import { listPolicies } from './policies.ts';
import { loadStandings } from './standings.ts';

/** Null when the event is on no ladder. */
export async function lookAhead(
  tx: Tx,
  tenantId: TenantId,
  eventId: EventId,
  now: Date,
): Promise<{ event: Standing; look: Look } | null> {
  const climb = await findEscalation(tx, tenantId, eventId);
  if (!climb) return null;
  const event = (await loadStandings(tx, tenantId, [eventId], now, 'looked at')).get(eventId);
  const look = event && lookAt(climb, event, await listPolicies(tx, tenantId), now);
  return look ? { event, look } : null;
}
