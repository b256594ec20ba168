/** What happens next if nobody does anything: for the event's page, in words. */
import type { Tx } from '../../db/transaction.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { describeTargets } from './describe.ts';
import { lookAhead } from './look-ahead.ts';
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
  const ahead = await lookAhead(tx, tenantId, eventId, now);
  if (!ahead) return null;
  const { policy, step, tellAt } = ahead.look;
  const who = step && describeTargets(step.targets, await loadTargets(tx, tenantId));
  return { at: tellAt, who, policy: policy.name };
}
