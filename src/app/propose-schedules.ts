/** Looks for schedules in the mails of every tenant that carry none: each hour, and soon after a history was imported. */
import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Tenant } from '../accounts/tenants.ts';
import { listTenants } from '../accounts/tenants.ts';
import { acrossTenants, inTenant } from '../db/transaction.ts';
import { between, HOUR, MINUTE } from '../kernel/clock.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { TenantId } from '../kernel/ids.ts';
import { maskSubject } from '../triage/signal.ts';
import { proposeForMails, tellApart, type ReadSignal } from '../watchdog/proposals/propose-for-mails.ts';
import { listMailsOfSignals, listRecurringSignals } from '../watchdog/proposals/recurring-mails.ts';
import { saveProposals } from '../watchdog/proposals/store.ts';
import { watermarkOf } from '../watchdog/watermark.ts';
import { listDoorsOfTenants } from './doors-of-tenants.ts';

const LOOKED_EVERY_MS = HOUR;
/** How soon an import is noticed; woken more often, as by a test's clock, it does nothing. */
export const ROUND_EVERY_MS = 5 * MINUTE;
/** Read at once: three thousand mails, a moment's work. */
const SIGNALS_AT_ONCE = 10;
/** A tenant of more is looked through in several hours: up to 20 ms of a processor each. */
const MOST_PAGES = 2;

interface Looked {
  at: Date;
  importedUntil: number;
  /** The signal to go on behind; null: all were looked at. */
  next: string | null;
}

export class ProposalRounds {
  readonly #database: DataSource;
  readonly #looked = new Map<TenantId, Looked>();

  #roundAt: Date | null = null;

  constructor(database: DataSource) {
    this.#database = database;
  }

  /** @param isImporting tenants whose history is being imported wait for its end */
  async run(
    isImporting: (tenantId: TenantId) => Promise<boolean>,
    now: Date,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#roundAt && Math.abs(between(this.#roundAt, now)) < ROUND_EVERY_MS) return;
    this.#roundAt = now;
    const { tenants, doors } = await acrossTenants(this.#database, async (tx) => ({
      tenants: await listTenants(tx),
      doors: await listDoorsOfTenants(tx),
    }));
    for (const tenant of tenants) {
      const known = doors.get(tenant.id);
      const until = known ? watermarkOf(known, now) : null;
      if (signal.aborted || !until || !this.#isDue(tenant, now) || (await isImporting(tenant.id))) continue;
      const after = this.#looked.get(tenant.id)?.next ?? null;
      const next = await proposeForTenant(this.#database, tenant, after, until, now, signal);
      this.#looked.set(tenant.id, { at: now, importedUntil: importedUntil(tenant), next });
    }
  }

  #isDue(tenant: Tenant, now: Date): boolean {
    const last = this.#looked.get(tenant.id);
    return !last || between(last.at, now) >= LOOKED_EVERY_MS || last.importedUntil !== importedUntil(tenant);
  }
}

function importedUntil(tenant: Tenant): number {
  return tenant.importedUntil?.getTime() ?? 0;
}

/** @returns the signal to go on behind next time; null when all were looked at */
async function proposeForTenant(
  database: DataSource,
  tenant: Tenant,
  after: string | null,
  until: Date,
  now: Date,
  signal: AbortSignal,
): Promise<string | null> {
  const signals: ReadSignal[] = [];
  let next = after;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const from = next;
    const listed = await inTenant(database, tenant.id, (tx) =>
      listRecurringSignals(tx, tenant.id, from, until),
    );
    signals.push(...(await readSignals(database, tenant, listed.keys, until, signal)));
    if (signal.aborted) return after;
    next = listed.next;
    if (next === null) break;
  }
  const lookedAt = { after, to: next };
  await inTenant(database, tenant.id, (tx) =>
    saveProposals(tx, tenant.id, tellApart(signals), lookedAt, now),
  );
  return next;
}

async function readSignals(
  database: DataSource,
  { id, timeZone }: Tenant,
  keys: readonly string[],
  until: Date,
  signal: AbortSignal,
): Promise<ReadSignal[]> {
  const signals: ReadSignal[] = [];
  for (let next = 0; next < keys.length && !signal.aborted; next += SIGNALS_AT_ONCE) {
    const some = keys.slice(next, next + SIGNALS_AT_ONCE);
    const mails = await inTenant(database, id, (tx) => listMailsOfSignals(tx, id, some, until));
    for (const ofSignal of groupBy(mails, ({ signalKey }) => signalKey).values()) {
      // Up to 20 ms of arithmetic: mail that comes in has its turn in between.
      await setImmediate();
      signals.push(proposeForMails(ofSignal, { until, timeZone, mask: maskSubject }));
    }
  }
  return signals;
}
