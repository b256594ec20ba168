/** Every loop of the process: what it does, how often, for which role, under which lease. */
import type { Database } from '../db/data-source.ts';
import { acrossTenants, inTenant } from '../db/transaction.ts';
import { LEASE_RENEWAL_MS } from '../db/lease.ts';
import { keepUp } from '../db/upkeep.ts';
import { rememberCompleted } from '../events/history/remember.ts';
import { forgetEmptyEvents } from '../events/forget-empty.ts';
import { completeQuietEvents, endFlapping } from '../events/quiet.ts';
import { listTenants } from '../accounts/tenants.ts';
import { removeExpiredSessions } from '../accounts/sessions.ts';
import type { ProcessRole } from '../config/schema.ts';
import {
  HAS_WAITING_MAIL,
  listOldestWaiting,
  listTenantsWithWaitingMail,
  removeMails,
} from '../inbound/mails.ts';
import { between, HOUR, later, MINUTE, SECOND } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { LoopWork } from '../kernel/loop.ts';
import { findOldestPending, HAS_DELIVERIES, removeOldDeliveries } from '../outbound/deliveries.ts';
import { dispatchChanges, HAS_CHANGES } from '../outbound/dispatch.ts';
import { escalateDue } from '../outbound/escalation/escalate.ts';
import { HAS_DUE_ESCALATIONS } from '../outbound/escalation/escalations.ts';
import { HAS_RELEASABLE, releaseHeld } from '../outbound/held-notices.ts';
import { sendDue } from '../outbound/send-due.ts';
import { HAS_CHANNEL_DELIVERIES } from '../outbound/channels/claim-due.ts';
import { sendToChannels } from '../outbound/send-to-channels.ts';
import { sumUpSilences } from '../outbound/sum-up-silences.ts';
import { HAS_DUE_REPORT_MAILS } from '../reports/mails/report-mails.ts';
import { mailDueReports } from '../reports/mails/mail-due-reports.ts';
import { KEPT_MS } from '../selfwatch/self-watch.ts';
import { tendBlindEvents } from '../watchdog/blind.ts';
import { beat, HEARTBEAT_MS } from '../watchdog/doors.ts';
import { findOldestDue, HAS_DUE_STREAMS, removeOldArrivals } from '../watchdog/find-breaches.ts';
import { listDoorStates } from './doors-of-tenants.ts';
import { importLease, triageLease, WATCHDOG } from './leases.ts';
import { HAS_DUE_RUNS } from '../watchdog/runs/find-overdue.ts';
import { judgeDueStreams } from './judge-tenants.ts';
import { triageWaitingMails } from './pipeline.ts';
import { ProposalRounds, ROUND_EVERY_MS } from './propose-schedules.ts';
import type { Parts } from './wiring.ts';

export interface Job extends LoopWork {
  /** null: every process runs it. */
  role: ProcessRole | null;
  /** Only the process that holds it runs the job. */
  lease?: string;
  /** Its queue: the job is woken when the expression is true; its own period is what a lost wake-up costs. */
  isDue?: string;
}

/** For jobs that are woken when something is due. */
const UNLESS_WOKEN_MS = 10 * SECOND;

/** Two would find the same silences due, and share out one person's digest. */
const SUMMARIES = 'summaries';

/** A report reads a month of events: two processes at once would only take each other's time. */
const REPORTS = 'reports';

export function listJobs(parts: Parts): Job[] {
  const jobs: Job[] = [
    {
      name: 'triage',
      role: 'intake',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_WAITING_MAIL,
      run: (now) => triageWaiting(parts, now),
    },
    {
      name: 'mailboxes',
      role: 'intake',
      everyMs: LEASE_RENEWAL_MS,
      run: (now) => tendMailboxes(parts, now),
    },
    { name: 'door', role: 'intake', everyMs: HEARTBEAT_MS, run: (now) => beatDoor(parts, now) },
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
      name: 'dispatch',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_CHANGES,
      run: (now) => dispatch(parts, now),
    },
    {
      name: 'sum up',
      role: 'outbound',
      lease: SUMMARIES,
      everyMs: 10 * SECOND,
      run: (now) => sumUp(parts, now),
    },
    {
      name: 'digests',
      role: 'outbound',
      lease: SUMMARIES,
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_RELEASABLE,
      run: (now) => release(parts, now),
    },
    {
      name: 'escalate',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_DUE_ESCALATIONS,
      run: (now) => escalate(parts, now),
    },
    {
      name: 'report mails',
      role: 'outbound',
      lease: REPORTS,
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_DUE_REPORT_MAILS,
      run: (now) => mailReports(parts, now),
    },
    {
      name: 'send',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      // Without a mail server they wait, and nobody need be woken for them.
      ...(parts.mail ? { isDue: HAS_DELIVERIES } : {}),
      run: (now) => send(parts, now),
    },
    {
      name: 'send to channels',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_CHANNEL_DELIVERIES,
      run: (now) => sendChannels(parts, now),
    },
    {
      name: 'propose',
      role: 'watchdog',
      lease: WATCHDOG,
      everyMs: ROUND_EVERY_MS,
      run: lookForSchedules(parts),
    },
    { name: 'clean up', role: 'watchdog', lease: WATCHDOG, everyMs: HOUR, run: (now) => cleanUp(parts, now) },
    { name: 'upkeep', role: 'watchdog', lease: WATCHDOG, everyMs: MINUTE, run: () => tidyDatabase(parts) },
    { name: 'watch itself', role: null, everyMs: 30 * SECOND, run: (now) => watchItself(parts, now) },
    { name: 'measure', role: 'metrics', everyMs: 10 * SECOND, run: (now) => measure(parts, now) },
  ];
  return jobs.map((job) => underLease(job, parts));
}

function underLease(job: Job, { leases }: Parts): Job {
  const { lease, run } = job;
  if (!lease) return job;
  return {
    ...job,
    run: async (now, signal) => (await leases.take([lease], now)).has(lease) && run(now, signal),
  };
}

/** One batch of each tenant that has mail waiting, so that one tenant's flood does not keep the others waiting. */
async function triageWaiting(parts: Parts, now: Date): Promise<boolean> {
  const { database, leases, log } = parts;
  const tenants = await acrossTenants(database.dataSource, listTenantsWithWaitingMail);
  const held = await leases.take(tenants.map(triageLease), now);
  let done = 0;
  let failure: Error | null = null;
  for (const tenantId of tenants.filter((id) => held.has(triageLease(id)))) {
    try {
      done += await triageTenant(parts, tenantId, now);
    } catch (error) {
      // The other tenants' mail goes on; the loop reports the failure when all have had their turn.
      log.error({ tenantId, err: error }, 'triage failed, the mails go on waiting');
      failure = error instanceof Error ? error : new Error(String(error));
    }
  }
  if (failure) throw failure;
  return done > 0;
}

async function triageTenant(
  { pipeline, metrics, bus, clock, selfWatch }: Parts,
  tenantId: TenantId,
  now: Date,
): Promise<number> {
  const result = await triageWaitingMails(pipeline, tenantId, now);
  const doneAt = clock.now();
  metrics.mailsTriaged.inc(result.done);
  metrics.mailsQuarantined.inc(result.quarantined);
  for (const receivedAt of result.liveArrivals)
    metrics.triageLag.observe(between(receivedAt, doneAt) / SECOND);
  if (result.done > 0) {
    await selfWatch.afterTriage(tenantId, doneAt);
    bus.emit('events changed', tenantId);
  }
  return result.done;
}

async function tendMailboxes({ supervisor }: Parts, now: Date): Promise<boolean> {
  await supervisor.tend(now);
  return false;
}

/** Says that senders can connect; a process without such a door leaves the word to others. */
async function beatDoor({ database, hasSmtpDoor }: Parts, now: Date): Promise<boolean> {
  if (hasSmtpDoor) await beat(database.dataSource, now);
  return false;
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

/** Tells itself how long ago it looked: a tenant's turn comes each hour, or when a history has been imported. */
function lookForSchedules({ database, leases }: Parts): Job['run'] {
  const rounds = new ProposalRounds(database.dataSource);
  return async (now, signal) => {
    await rounds.run((tenantId) => leases.isHeld(importLease(tenantId), now), now, signal);
    return false;
  };
}

async function endQuiet({ database }: Parts, now: Date): Promise<boolean> {
  let hasMore = false;
  for (const tenant of await listTenants(database.dataSource.manager)) {
    const more = await inTenant(database.dataSource, tenant.id, async (tx) => {
      await endFlapping(tx, tenant.id, now);
      return completeQuietEvents(tx, tenant, now);
    });
    hasMore ||= more;
  }
  return hasMore;
}

async function rememberHistory({ database }: Parts): Promise<boolean> {
  let hasMore = false;
  for (const tenant of await listTenants(database.dataSource.manager)) {
    const more = await inTenant(database.dataSource, tenant.id, (tx) => rememberCompleted(tx, tenant.id));
    hasMore ||= more;
  }
  return hasMore;
}

async function dispatch({ database, addresses, bus }: Parts, now: Date): Promise<boolean> {
  const hasMore = await acrossTenants(database.dataSource, (tx) => dispatchChanges(tx, addresses(), now));
  bus.emit('something to send', null);
  return hasMore;
}

async function sumUp({ database, addresses }: Parts, now: Date): Promise<boolean> {
  return sumUpSilences(database.dataSource, addresses(), now);
}

async function release({ database, addresses, bus }: Parts, now: Date): Promise<boolean> {
  const hasMore = await acrossTenants(database.dataSource, (tx) => releaseHeld(tx, addresses(), now));
  bus.emit('something to send', null);
  return hasMore;
}

async function escalate({ database, addresses }: Parts, now: Date): Promise<boolean> {
  return acrossTenants(database.dataSource, (tx) => escalateDue(tx, addresses(), now));
}

/** Mail or not: what goes to channels does not wait for a mail server. */
async function sendChannels(parts: Parts, now: Date): Promise<boolean> {
  const { database, tokens, addresses } = parts;
  const links = { tokens, ...addresses() };
  return sendToChannels({ ...parts, database: database.dataSource, links }, now);
}

async function mailReports({ database, addresses, log }: Parts, now: Date): Promise<boolean> {
  return mailDueReports({ database: database.dataSource, addresses: addresses(), log }, now);
}

async function send({ database, mail, tokens, addresses, clock, log }: Parts, now: Date): Promise<boolean> {
  return mail
    ? sendDue({ database: database.dataSource, mail, links: { tokens, ...addresses() }, clock, log }, now)
    : false;
}

async function watchItself({ selfWatch }: Parts, now: Date): Promise<boolean> {
  await selfWatch.turn(now);
  return false;
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
  const isFull = await removeDeliveries(database, now);
  return acrossTenants(database.dataSource, async (tx) => {
    const sessions = await removeExpiredSessions(tx, now);
    const arrivals = await removeOldArrivals(tx);
    return isFull || sessions + arrivals > 0;
  });
}

/** @returns true when there may be more */
async function removeDeliveries({ dataSource }: Database, now: Date): Promise<boolean> {
  let hasMore = false;
  for (const { id } of await listTenants(dataSource.manager)) {
    hasMore = (await inTenant(dataSource, id, (tx) => removeOldDeliveries(tx, id, now))) || hasMore;
  }
  return hasMore;
}

async function tidyDatabase({ database }: Parts): Promise<boolean> {
  await keepUp(database);
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
