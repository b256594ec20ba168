/**
 * Brings a history of mails through the same door, triage and watchdog as live mail, with the time of the mails
 * (contract §3). Nobody is told. While it runs, the live watchdog leaves the tenant alone: half a history would look
 * like silence.
 */
import { SYSTEM } from '../accounts/role.ts';
import { markImportedUntil, type Tenant } from '../accounts/tenants.ts';
import { acrossTenants, inTenant, oneRow } from '../db/transaction.ts';
import { completeQuietEvents } from '../events/quiet.ts';
import { acceptMail, type AcceptedMail } from '../inbound/accept.ts';
import { listMails, type ImportableMail } from '../inbound/import/list-mails.ts';
import { countQuarantine, countWaiting } from '../inbound/mails.ts';
import { latest, SECOND } from '../kernel/clock.ts';
import type { MseId } from '../kernel/ids.ts';
import { correctMse, type Correction } from '../triage/correct.ts';
import { importLease, triageLease } from './jobs.ts';
import { judgeTenant } from './judge-tenants.ts';
import { triageBatch } from './pipeline.ts';
import type { Parts } from './wiring.ts';

export interface ImportOptions {
  tenant: Tenant;
  paths: readonly string[];
  /** What people put right, by the file of the mail. */
  corrections: ReadonlyMap<string, Correction>;
  /** The watchdog judges up to here; never before the last mail. */
  until: Date | null;
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

const BATCH = 500;
/** Between looks at a queue that another process works on. */
const LOOK_AGAIN_MS = 200;

export async function importHistory(
  parts: Parts,
  options: ImportOptions,
): Promise<{ result: ImportResult; imported: ImportedMail[] }> {
  const { tenant } = options;
  const startedAt = parts.clock.now();
  const mails = await listMails(options.paths, startedAt);
  const before = await countThings(parts, tenant);
  const imported: ImportedMail[] = [];
  let duplicates = 0;
  try {
    for (let at = 0; at < mails.length; at += BATCH) {
      const batch = mails.slice(at, at + BATCH);
      await holdWatchdog(parts, tenant);
      const accepted = await accept(parts, tenant, batch);
      const stored = batch.flatMap((mail, index) => {
        const one = accepted[index];
        return one && !one.isDuplicate ? [{ file: mail.file, mseId: one.mseId }] : [];
      });
      duplicates += batch.length - stored.length;
      imported.push(...stored);
      await triageAll(parts, tenant);
      await applyCorrections(parts, tenant, stored, options.corrections);
      options.onProgress(Math.min(mails.length, at + BATCH), mails.length);
    }
    await judgeHistory(parts, options, mails);
  } finally {
    await parts.leases.release(importLease(tenant.id));
  }
  const after = await countThings(parts, tenant);
  return {
    imported,
    result: {
      read: mails.length,
      stored: imported.length,
      duplicates,
      quarantined: after.quarantined - before.quarantined,
      events: after.events - before.events,
      seconds: (parts.clock.now().getTime() - startedAt.getTime()) / SECOND,
    },
  };
}

async function holdWatchdog({ leases, clock }: Parts, tenant: Tenant): Promise<void> {
  await leases.take([importLease(tenant.id)], clock.now());
}

async function accept(
  { database, clock }: Parts,
  tenant: Tenant,
  batch: readonly ImportableMail[],
): Promise<AcceptedMail[]> {
  const arrived = await Promise.all(
    batch.map(async ({ read, arrivedAt }) => ({
      raw: await read(),
      receivedAt: arrivedAt ?? clock.now(),
      isArrivalKnown: arrivedAt !== null,
      door: 'import' as const,
    })),
  );
  return acceptMail(database.dataSource, tenant.id, arrived);
}

/** Takes the queue down to nothing; where another process holds the tenant's triage, that one does it. */
async function triageAll(parts: Parts, tenant: Tenant): Promise<void> {
  const { database, leases, clock, pipeline } = parts;
  const lease = triageLease(tenant.id);
  for (;;) {
    const isOurs = (await leases.take([lease], clock.now())).has(lease);
    if (isOurs) {
      const { done } = await triageBatch(pipeline, tenant.id, clock.now());
      if (done === 0) return;
    } else {
      const waiting = await inTenant(database.dataSource, tenant.id, (tx) => countWaiting(tx, tenant.id));
      if (waiting === 0) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
    await holdWatchdog(parts, tenant);
  }
}

async function applyCorrections(
  { database, clock }: Parts,
  tenant: Tenant,
  stored: readonly ImportedMail[],
  corrections: ReadonlyMap<string, Correction>,
): Promise<void> {
  for (const { file, mseId } of stored) {
    const correction = corrections.get(file);
    if (!correction) continue;
    await inTenant(database.dataSource, tenant.id, (tx) =>
      correctMse(tx, tenant.id, mseId, correction, { ...SYSTEM, name: 'import' }, clock.now()),
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
