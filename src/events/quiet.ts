/**
 * Events that end by themselves: info and noise after a quiet time (nobody needs to close what asks nothing of anybody),
 * and flapping ones that have been well for an hour.
 */
import type { Tenant } from '../accounts/tenants.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { later, MINUTE } from '../kernel/clock.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { recordChanges, type NewChange } from './change.ts';
import { calmSince } from './flapping.ts';
import { nextState, quietSince } from './lifecycle.ts';
import { closeSignals, lockEvents, updateEvents, type LoadedEvent } from './store.ts';

const LARGEST_BATCH = 500;

/** @returns true when there may be more */
export async function completeQuietEvents(tx: Tx, tenant: Tenant, now: Date): Promise<boolean> {
  const candidates = await rows<{ id: EventId }>(
    tx,
    `select id from events
     where tenant_id = $1 and state = 'open' and kind = 'FAILED' and (severity = 'info' or is_noise)
       and last_mse_at <= $2
     order by last_mse_at limit ${LARGEST_BATCH}`,
    [tenant.id, later(now, -tenant.infoQuietMinutes * MINUTE)],
  );
  await endSome(tx, tenant.id, candidates, (event) => {
    const at = quietSince(event, tenant, now);
    return at && { at, by: 'quiet', why: 'no further mail' };
  });
  return candidates.length === LARGEST_BATCH;
}

/** What flapped and has calmed down: completed when it is well, an ordinary event again when it is not. */
export async function endFlapping(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  const flapping = await rows<{ id: EventId }>(
    tx,
    `select id from events where tenant_id = $1 and flapping order by id limit ${LARGEST_BATCH}`,
    [tenantId],
  );
  await endSome(tx, tenantId, flapping, (event) => {
    const at = calmSince(event.signals.values(), now);
    if (!at) return null;
    event.flapping = false;
    const isWell = ![...event.signals.values()].some(({ isOpen }) => isOpen);
    return event.state === 'open' && isWell ? { at, by: 'recovery', why: 'calm for an hour' } : null;
  });
}

interface End {
  at: Date;
  by: 'quiet' | 'recovery';
  why: string;
}

/** @param judge looks at a locked event, may change its marks, and says whether it is over */
async function endSome(
  tx: Tx,
  tenantId: TenantId,
  candidates: readonly { id: EventId }[],
  judge: (event: LoadedEvent) => End | null,
): Promise<void> {
  const ids = candidates.map(({ id }) => id);
  const events = await lockEvents(tx, tenantId, ids);
  const changes: NewChange[] = [];
  for (const event of events) {
    const end = judge(event);
    if (!end) continue;
    event.state = nextState(event.state, end.by);
    event.completedAt = end.at;
    event.completedBy = end.by;
    event.snoozedUntil = null;
    changes.push({
      eventId: event.id,
      at: end.at,
      what: 'completed',
      detail: { by: end.by },
      why: end.why,
    });
  }
  await updateEvents(tx, tenantId, events, false);
  const ended = changes.map(({ eventId }) => eventId);
  await closeSignals(tx, tenantId, ended);
  await recordChanges(tx, tenantId, changes);
}
