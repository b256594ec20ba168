/** What happens next if nobody does anything: for the event's page, in words. */
import type { Tx } from '../../db/transaction.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { lookAt } from './climb.ts';
import { describeTargets } from './describe.ts';
import { findEscalation } from './escalations.ts';
import { listPolicies } from './policies.ts';
import { loadStandings } from './standings.ts';
import { loadTargets } from './targets.ts';

export interface NextStep {
  at: Date;
  /** Who is told; null: its holder is reminded. */
  who: string | null;
  policy: string;
}

/** Null when the event is on no ladder. */
export async function findNextStep(
  tx: Tx,
  tenantId: TenantId,
  eventId: EventId,
  now: Date,
): Promise<NextStep | null> {
  const climb = await findEscalation(tx, tenantId, eventId);
  if (!climb) return null;
  const event = (await loadStandings(tx, tenantId, [eventId], now, 'looked at')).get(eventId);
  const look = event && lookAt(climb, event, await listPolicies(tx, tenantId), now);
  if (!look) return null;
  const { policy, step, tellAt } = look;
  const who = step && describeTargets(step.targets, await loadTargets(tx, tenantId));
  return { at: tellAt, who, policy: policy.name };
}
