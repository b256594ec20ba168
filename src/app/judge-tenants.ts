/** Judges every tenant's due streams up to that tenant's watermark. */
import type { DataSource } from 'typeorm';
import { acrossTenants, inTenant } from '../db/transaction.ts';
import { earliest } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import { findBreaches, listTenantsWithDueStreams, type JudgeOptions } from '../watchdog/find-breaches.ts';
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
  const due = await acrossTenants(database, (tx) => listTenantsWithDueStreams(tx, now));
  if (due.length === 0) return false;
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

/** Judges one batch of a tenant's streams up to `watermark`. @returns true when there may be more */
export async function judgeTenant(
  database: DataSource,
  tenantId: TenantId,
  { watermark, tells, onVerdict }: Pick<JudgeOptions, 'watermark' | 'tells' | 'onVerdict'>,
  tenant: Pick<DoorsOfTenant, 'importedUntil' | 'firstSmtpAt'>,
  now: Date,
): Promise<boolean> {
  return inTenant(database, tenantId, (tx) =>
    findBreaches(tx, tenantId, {
      watermark,
      now,
      tells,
      onVerdict,
      unwatched: unwatchedTime(tenant, watermark),
    }),
  );
}

function unwatchedTime(
  { importedUntil, firstSmtpAt }: Pick<DoorsOfTenant, 'importedUntil' | 'firstSmtpAt'>,
  watermark: Date,
): { from: Date; to: Date } | null {
  if (!importedUntil) return null;
  const to = earliest(firstSmtpAt ?? watermark, watermark);
  return to > importedUntil ? { from: importedUntil, to } : null;
}
