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
import { closeSignals, lockEvents, updateEvents } from './store.ts';

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
  const events = await lockEvents(
    tx,
    tenant.id,
    candidates.map(({ id }) => id),
  );
  const changes: NewChange[] = [];
  for (const event of events) {
    const at = quietSince(event, tenant, now);
    if (!at) continue;
    event.state = nextState(event.state, 'quiet');
    event.completedAt = at;
    event.completedBy = 'quiet';
    event.snoozedUntil = null;
    changes.push({
      eventId: event.id,
      at,
      what: 'completed',
      detail: { by: 'quiet' },
      why: 'no further mail',
    });
  }
  await updateEvents(tx, tenant.id, events, false);
  await closeSignals(
    tx,
    tenant.id,
    changes.map(({ eventId }) => eventId),
  );
  await recordChanges(tx, tenant.id, changes);
  return candidates.length === LARGEST_BATCH;
}

/** What flapped and has calmed down: completed when it is well, an ordinary event again when it is not. */
export async function endFlapping(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  const flapping = await rows<{ id: EventId }>(
    tx,
    `select id from events where tenant_id = $1 and flapping order by id limit ${LARGEST_BATCH}`,
    [tenantId],
  );
  const events = await lockEvents(
    tx,
    tenantId,
    flapping.map(({ id }) => id),
  );
  const changes: NewChange[] = [];
  for (const event of events) {
    const at = calmSince(event.signals.values(), now);
    if (!at) continue;
    event.flapping = false;
    const isWell = ![...event.signals.values()].some(({ isOpen }) => isOpen);
    if (event.state !== 'open' || !isWell) continue;
    event.state = nextState(event.state, 'recovery');
    event.completedAt = at;
    event.completedBy = 'recovery';
    event.snoozedUntil = null;
    changes.push({
      eventId: event.id,
      at,
      what: 'completed',
      detail: { by: 'recovery' },
      why: 'calm for an hour',
    });
  }
  await updateEvents(tx, tenantId, events, false);
  await recordChanges(tx, tenantId, changes);
}
