/** Judges every tenant's due streams and runs up to that tenant's watermark. */
import type { DataSource } from 'typeorm';
import { acrossTenants, inTenant } from '../db/transaction.ts';
import { earliest } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import { findBreaches, listTenantsWithDueStreams, type JudgeOptions } from '../watchdog/find-breaches.ts';
import { findOverdueRuns, listTenantsWithDueRuns } from '../watchdog/runs/find-overdue.ts';
import { watermarkOf, type DoorsOfTenant } from '../watchdog/watermark.ts';
import { listDoorsOfTenants } from './doors-of-tenants.ts';

/**
 * @param isImporting tenants whose history is being imported wait: half of it would look like silence
 * @returns true when there may be more to judge at once
 */
export async function judgeDueStreams(
  database: DataSource,
  isImporting: (tenantId: TenantId) => Promise<boolean>,
  now: Date,
  onVerdict?: (at: Date) => void,
): Promise<boolean> {
  const due = await acrossTenants(
    database,
    async (tx) =>
      new Set([...(await listTenantsWithDueStreams(tx, now)), ...(await listTenantsWithDueRuns(tx, now))]),
  );
  if (due.size === 0) return false;
  const doors = await acrossTenants(database, listDoorsOfTenants);
  let hasMore = false;
  for (const tenantId of due) {
    const tenant = doors.get(tenantId);
    const watermark = tenant ? watermarkOf(tenant, now) : null;
    if (!tenant || !watermark || (await isImporting(tenantId))) continue;
    const more = await judgeTenant(database, tenantId, { watermark, tells: true, onVerdict }, tenant, now);
    hasMore ||= more;
  }
  return hasMore;
}

/** Judges one batch of a tenant's streams, and one of its runs, up to `watermark`. @returns true when there may be more */
export async function judgeTenant(
  database: DataSource,
  tenantId: TenantId,
  { watermark, tells, onVerdict }: Pick<JudgeOptions, 'watermark' | 'tells' | 'onVerdict'>,
  tenant: Pick<DoorsOfTenant, 'importedUntil' | 'firstSmtpAt'>,
  now: Date,
): Promise<boolean> {
  const options = { watermark, now, tells, onVerdict, unwatched: unwatchedTime(tenant, watermark) };
  return inTenant(database, tenantId, async (tx) => {
    const hasMoreStreams = await findBreaches(tx, tenantId, options);
    const hasMoreRuns = await findOverdueRuns(tx, tenantId, options);
    return hasMoreStreams || hasMoreRuns;
  });
}

function unwatchedTime(
  { importedUntil, firstSmtpAt }: Pick<DoorsOfTenant, 'importedUntil' | 'firstSmtpAt'>,
  watermark: Date,
): { from: Date; to: Date } | null {
  if (!importedUntil) return null;
  const to = earliest(firstSmtpAt ?? watermark, watermark);
  return to > importedUntil ? { from: importedUntil, to } : null;
}
