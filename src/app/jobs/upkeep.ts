/** The house itself: what is removed, kept in order, watched and measured. */
import { removeExpiredSessions } from '../../accounts/sessions.ts';
import { acrossTenants, inTenant } from '../../db/transaction.ts';
import { keepUp } from '../../db/upkeep.ts';
import { forgetEmptyEvents } from '../../events/forget-empty.ts';
import { listOldestWaiting, removeMails } from '../../inbound/mails.ts';
import { between, HOUR, later, MINUTE, SECOND } from '../../kernel/clock.ts';
import { findOldestPending, removeOldDeliveries } from '../../outbound/deliveries.ts';
import { KEPT_MS } from '../../selfwatch/self-watch.ts';
import { findOldestDue, removeOldArrivals } from '../../watchdog/find-breaches.ts';
import { listDoorStates } from '../doors-of-tenants.ts';
import { eachTenant } from '../each-tenant.ts';
import { WATCHDOG } from '../leases.ts';
import type { Parts } from '../wiring.ts';
import type { Job } from './job.ts';

export function upkeepJobs(parts: Parts): Job[] {
  return [
    { name: 'clean up', role: 'watchdog', lease: WATCHDOG, everyMs: HOUR, run: (now) => cleanUp(parts, now) },
    { name: 'upkeep', role: 'watchdog', lease: WATCHDOG, everyMs: MINUTE, run: () => tidyDatabase(parts) },
    { name: 'watch itself', role: null, everyMs: 30 * SECOND, run: (now) => watchItself(parts, now) },
    { name: 'measure', role: 'metrics', everyMs: 10 * SECOND, run: (now) => measure(parts, now) },
  ];
}

async function cleanUp({ database, selfWatch }: Parts, now: Date): Promise<boolean> {
  const { tenantId } = selfWatch;
  const forgotten = await selfWatch.tidy(now);
  if (tenantId) {
    await inTenant(database.dataSource, tenantId, async (tx) => {
      await removeMails(tx, tenantId, forgotten);
      await forgetEmptyEvents(tx, tenantId, later(now, -KEPT_MS));
    });
  }
  const hasMore = await eachTenant(database.dataSource, (tx, { id }) => removeOldDeliveries(tx, id, now));
  return acrossTenants(database.dataSource, async (tx) => {
    const sessions = await removeExpiredSessions(tx, now);
    const arrivals = await removeOldArrivals(tx);
    return hasMore || sessions + arrivals > 0;
  });
}

async function tidyDatabase({ database }: Parts): Promise<boolean> {
  await keepUp(database);
  return false;
}

async function watchItself({ selfWatch }: Parts, now: Date): Promise<boolean> {
  await selfWatch.turn(now);
  return false;
}

async function measure({ database, metrics }: Parts, now: Date): Promise<boolean> {
  const seen = await acrossTenants(database.dataSource, async (tx) => ({
    waiting: [...(await listOldestWaiting(tx)).values()],
    doors: [...(await listDoorStates(tx)).values()].flatMap((doors) => doors.map(({ seenAt }) => seenAt)),
    pending: await findOldestPending(tx),
    due: await findOldestDue(tx, now),
  }));
  const age = (...instants: (Date | null)[]): number =>
    Math.max(0, ...instants.map((at) => (at ? between(at, now) / SECOND : 0)));
  metrics.oldestWaiting.set(age(...seen.waiting));
  metrics.intakeLag.set(age(...seen.doors));
  metrics.oldestPendingNotice.set(age(seen.pending));
  metrics.oldestDueStream.set(age(seen.due));
  return false;
}
