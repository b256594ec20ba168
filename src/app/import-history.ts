/**
 * Brings a history of mails through the same door, triage and watchdog as live mail, with the time of the mails
 * (contract §3). Nobody is told. While it runs, the live watchdog leaves the tenant alone: half a history would look
 * like silence.
 */
import { SYSTEM } from '../accounts/role.ts';
import { markImportedUntil, type Tenant } from '../accounts/tenants.ts';
import { acrossTenants, inTenant, oneRow } from '../db/transaction.ts';
import { keepUp } from '../db/upkeep.ts';
import { completeQuietEvents, endFlapping } from '../events/quiet.ts';
import { acceptMail } from '../inbound/accept.ts';
import { listMails, type ImportableMail } from '../inbound/import/list-mails.ts';
import { countQuarantine, countWaiting } from '../inbound/mails.ts';
import { latest, SECOND } from '../kernel/clock.ts';
import type { MseId } from '../kernel/ids.ts';
import { correctMse, type Correction } from '../triage/correct.ts';
import { listMsesById } from '../triage/list-mses.ts';
import { importLease, triageLease } from './leases.ts';
import { judgeTenant } from './judge-tenants.ts';
import type { LearningCurve } from './learning-curve.ts';
import { triageWaitingMails } from './pipeline.ts';
import type { Parts } from './wiring.ts';

export interface ImportOptions {
  tenant: Tenant;
  paths: readonly string[];
  /** What people put right, by the file of the mail. */
  corrections: ReadonlyMap<string, Correction>;
  /** The watchdog judges up to here; never before the last mail. */
  until: Date | null;
  /** Notes of each corrected mail what was said before the correction was known. */
  curve?: LearningCurve | undefined;
  /** Told now and then, for somebody who waits. */
  onProgress: (done: number, total: number) => void;
}

export interface ImportResult {
  read: number;
  stored: number;
  duplicates: number;
  quarantined: number;
  /** Events that were opened. */
  events: number;
  seconds: number;
}

export interface ImportedMail {
  file: string;
  mseId: MseId;
}

const BATCH = 1000;
/** Between looks at a queue that another hand fills or empties. */
const LOOK_AGAIN_MS = 20;

export async function importHistory(
  parts: Parts,
  options: ImportOptions,
): Promise<{ result: ImportResult; imported: ImportedMail[] }> {
  const { tenant } = options;
  const startedAt = parts.clock.now();
  const { mails, close } = await listMails(options.paths, startedAt);
  const before = await countThings(parts, tenant);
  const queue = new StoredQueue();
  try {
    await holdWatchdog(parts, tenant);
    // Two hands: one stores, the other takes what is stored through triage; neither waits for the other's turn.
    if (options.corrections.size > 0) await takeWithCorrections(parts, options, mails, queue);
    else await Promise.all([storeAll(parts, options, mails, queue), triageAll(parts, options, queue)]);
    await inTenant(parts.database.dataSource, tenant.id, (tx) =>
      parts.pipeline.memories.flush(tx, tenant.id, parts.clock.now()),
    );
    await judgeHistory(parts, options, mails);
    await keepUp(parts.database);
  } finally {
    await close();
    await parts.leases.release(importLease(tenant.id));
    await parts.leases.release(triageLease(tenant.id));
  }
  const after = await countThings(parts, tenant);
  return {
    imported: queue.stored,
    result: {
      read: mails.length,
      stored: queue.stored.length,
      duplicates: queue.duplicates,
      quarantined: after.quarantined - before.quarantined,
      events: after.events - before.events,
      seconds: (parts.clock.now().getTime() - startedAt.getTime()) / SECOND,
    },
  };
}

async function holdWatchdog({ leases, clock }: Parts, tenant: Tenant): Promise<void> {
  await leases.take([importLease(tenant.id)], clock.now());
}

/** What has been stored so far, and whether more will come. */
class StoredQueue {
  readonly stored: ImportedMail[] = [];
  duplicates = 0;
  isComplete = false;
}

async function storeAll(
  parts: Parts,
  { tenant, onProgress }: ImportOptions,
  mails: readonly ImportableMail[],
  queue: StoredQueue,
): Promise<void> {
  try {
    for (let at = 0; at < mails.length; at += BATCH) {
      await holdWatchdog(parts, tenant);
      const batch = mails.slice(at, at + BATCH);
      const stored = await storeBatch(parts, tenant, batch);
      queue.stored.push(...stored);
      queue.duplicates += batch.length - stored.length;
      onProgress(Math.min(mails.length, at + BATCH), mails.length);
    }
  } finally {
    queue.isComplete = true;
  }
}

async function storeBatch(
  { database, clock, recent }: Parts,
  tenant: Tenant,
  batch: readonly ImportableMail[],
): Promise<ImportedMail[]> {
  const arrived = await Promise.all(
    batch.map(async ({ read, arrivedAt }) => ({
      raw: await read(),
      receivedAt: arrivedAt ?? clock.now(),
      isArrivalKnown: arrivedAt !== null,
      door: 'import' as const,
    })),
  );
  const accepted = await acceptMail(database.dataSource, tenant.id, arrived, recent);
  return batch.flatMap(({ file }, index) => {
    const one = accepted[index];
    return one && !one.isDuplicate ? [{ file, mseId: one.mseId }] : [];
  });
}

async function triageAll(parts: Parts, options: ImportOptions, queue: StoredQueue): Promise<void> {
  while (!queue.isComplete) {
    const wasStored = queue.stored.length;
    await triageSome(parts, options.tenant);
    if (queue.stored.length === wasStored) await pause();
  }
  await triageRest(parts, options.tenant);
}

/** A correction is known to triage after no more mails than this: each slice costs a transaction or two. */
const CORRECTED_WITHIN = 20;

/** As life would have been: people put mails right soon after they came, and later mails profit. */
async function takeWithCorrections(
  parts: Parts,
  options: ImportOptions,
  mails: readonly ImportableMail[],
  queue: StoredQueue,
): Promise<void> {
  const { tenant, corrections, onProgress } = options;
  for (let at = 0, end = 0; at < mails.length; at = end) {
    end = endOfSlice(mails, at, corrections);
    await holdWatchdog(parts, tenant);
    const slice = mails.slice(at, end);
    const stored = await storeBatch(parts, tenant, slice);
    queue.stored.push(...stored);
    queue.duplicates += end - at - stored.length;
    await triageRest(parts, tenant);
    await noteCurve(parts, options, stored, new Map(slice.map(({ file }, index) => [file, at + index])));
    await applyCorrections(parts, options, stored);
    onProgress(end, mails.length);
  }
  queue.isComplete = true;
}

/** Behind a corrected mail, or behind the last mail that may follow it unawares. */
function endOfSlice(
  mails: readonly ImportableMail[],
  from: number,
  corrections: ReadonlyMap<string, Correction>,
): number {
  const most = Math.min(mails.length, from + BATCH);
  for (let at = from; at < most; at += 1) {
    if (corrections.has(mails[at]?.file ?? ''))
      return Math.min(most, Math.max(at + 1, from + CORRECTED_WITHIN));
  }
  return most;
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
}

/** One turn at the queue. @returns false when another process holds the tenant's triage and does it */
async function triageSome({ leases, clock, pipeline }: Parts, tenant: Tenant): Promise<boolean> {
  const lease = triageLease(tenant.id);
  const isOurs = (await leases.take([lease], clock.now())).has(lease);
  if (isOurs) await triageWaitingMails(pipeline, tenant.id, clock.now());
  return isOurs;
}

/** Until nothing waits any more. */
async function triageRest(parts: Parts, tenant: Tenant): Promise<void> {
  const { dataSource } = parts.database;
  while ((await inTenant(dataSource, tenant.id, (tx) => countWaiting(tx, tenant.id))) > 0) {
    await holdWatchdog(parts, tenant);
    const isOurs = await triageSome(parts, tenant);
    if (!isOurs) await pause();
  }
}

async function noteCurve(
  { database }: Parts,
  { tenant, corrections, curve }: ImportOptions,
  stored: readonly ImportedMail[],
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  const corrected = curve ? stored.filter(({ file }) => corrections.has(file)) : [];
  if (!curve || corrected.length === 0) return;
  const ids = corrected.map(({ mseId }) => mseId);
  const mses = await inTenant(database.dataSource, tenant.id, (tx) => listMsesById(tx, tenant.id, ids));
  const byId = new Map(mses.map((mse) => [mse.id, mse]));
  for (const { file, mseId } of corrected) {
    const said = byId.get(mseId);
    // A mail in quarantine says nothing.
    curve.note(positions.get(file) ?? 0, said ?? { org: null, severity: null }, corrections.get(file) ?? {});
  }
}

async function applyCorrections(
  parts: Parts,
  { tenant, corrections }: ImportOptions,
  stored: readonly ImportedMail[],
): Promise<void> {
  const corrected = stored.filter(({ file }) => corrections.has(file));
  const actor = { ...SYSTEM, name: 'import' };
  for (const { file, mseId } of corrected) {
    const correction = corrections.get(file) ?? {};
    await inTenant(parts.database.dataSource, tenant.id, (tx) =>
      correctMse(tx, tenant.id, mseId, correction, actor, parts.clock.now()),
    );
  }
}

/** The watchdog's time follows the mails and ends at `until`. */
async function judgeHistory(
  parts: Parts,
  { tenant, until }: ImportOptions,
  mails: readonly ImportableMail[],
): Promise<void> {
  const { database, clock } = parts;
  const lastAt = mails.findLast(({ arrivedAt }) => arrivedAt !== null)?.arrivedAt;
  if (!lastAt) return;
  const watermark = latest(lastAt, until ?? lastAt);
  const open = { importedUntil: null, firstSmtpAt: null };
  while (await judgeTenant(database.dataSource, tenant.id, { watermark, tells: false }, open, clock.now())) {
    await holdWatchdog(parts, tenant);
  }
  await inTenant(database.dataSource, tenant.id, async (tx) => {
    await endFlapping(tx, tenant.id, watermark);
    await completeQuietEvents(tx, tenant, watermark);
    await markImportedUntil(tx, tenant.id, watermark);
  });
}

async function countThings(
  { database }: Parts,
  tenant: Tenant,
): Promise<{ events: number; quarantined: number }> {
  return acrossTenants(database.dataSource, async (tx) => ({
    events:
      (
        await oneRow<{ next: number }>(tx, 'select next_event_number as next from tenants where id = $1', [
          tenant.id,
        ])
      )?.next ?? 0,
    quarantined: await countQuarantine(tx, tenant.id),
  }));
}
