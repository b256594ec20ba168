/** What should have come, what has gone quiet, and what schedules there may be. */
import { acrossTenants } from '../../db/transaction.ts';
import { rememberCompleted } from '../../events/history/remember.ts';
import { completeQuietEvents, endFlapping } from '../../events/quiet.ts';
import { between, SECOND } from '../../kernel/clock.ts';
import { tendBlindEvents } from '../../watchdog/blind.ts';
import { HAS_DUE_STREAMS } from '../../watchdog/find-breaches.ts';
import { HAS_DUE_RUNS } from '../../watchdog/runs/find-overdue.ts';
import { listDoorStates } from '../doors-of-tenants.ts';
import { eachTenant } from '../each-tenant.ts';
import { judgeDueStreams } from '../judge-tenants.ts';
import { importLease, WATCHDOG } from '../leases.ts';
import { ProposalRounds, ROUND_EVERY_MS } from '../propose-schedules.ts';
import type { Parts } from '../wiring.ts';
import { UNLESS_WOKEN_MS, type Job } from './job.ts';

export function watchdogJobs(parts: Parts): Job[] {
  return [
    {
      name: 'watchdog',
      role: 'watchdog',
      lease: WATCHDOG,
      everyMs: UNLESS_WOKEN_MS,
      isDue: `${HAS_DUE_STREAMS} or ${HAS_DUE_RUNS}`,
      run: (now) => judge(parts, now),
    },
    { name: 'blind', role: 'watchdog', lease: WATCHDOG, everyMs: 10 * SECOND, run: watchDoors(parts) },
    {
      name: 'quiet',
      role: 'watchdog',
      lease: WATCHDOG,
      everyMs: 30 * SECOND,
      run: (now) => endQuiet(parts, now),
    },
    {
      name: 'history',
      role: 'watchdog',
      lease: WATCHDOG,
      everyMs: 30 * SECOND,
      run: () => rememberHistory(parts),
    },
    {
      name: 'propose',
      role: 'watchdog',
      lease: WATCHDOG,
      everyMs: ROUND_EVERY_MS,
      run: lookForSchedules(parts),
    },
  ];
}

async function judge({ database, leases, metrics }: Parts, now: Date): Promise<boolean> {
  return judgeDueStreams(
    database.dataSource,
    (tenantId) => leases.isHeld(importLease(tenantId), now),
    now,
    (at) => metrics.verdictDelay.observe(Math.max(0, between(at, now)) / SECOND),
  );
}

function watchDoors({ database, clock }: Parts): Job['run'] {
  const watchedSince = clock.now();
  return async (now) => {
    await acrossTenants(database.dataSource, async (tx) => {
      await tendBlindEvents(tx, await listDoorStates(tx), now, watchedSince);
    });
    return false;
  };
}

function endQuiet({ database }: Parts, now: Date): Promise<boolean> {
  return eachTenant(database.dataSource, async (tx, tenant) => {
    await endFlapping(tx, tenant.id, now);
    return completeQuietEvents(tx, tenant, now);
  });
}

function rememberHistory({ database }: Parts): Promise<boolean> {
  return eachTenant(database.dataSource, (tx, { id }) => rememberCompleted(tx, id));
}

/** Tells itself how long ago it looked: a tenant's turn comes each hour, or when a history has been imported. */
function lookForSchedules({ database, leases }: Parts): Job['run'] {
  const rounds = new ProposalRounds(database.dataSource);
  return async (now, signal) => {
    await rounds.run((tenantId) => leases.isHeld(importLease(tenantId), now), now, signal);
    return false;
  };
}
