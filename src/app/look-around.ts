/** What the keeper of an installation sees of it, gathered from the rooms that know (selfwatch judges it). */
import { listTenants } from '../accounts/tenants.ts';
import { acrossTenants } from '../db/transaction.ts';
import { listMailboxDoors } from '../inbound/imap/mailboxes.ts';
import { listOldestWaiting } from '../inbound/mails.ts';
import { listQuarantines } from '../inbound/quarantine.ts';
import type { TenantId } from '../kernel/ids.ts';
import { summariseFailing } from '../outbound/deliveries.ts';
import type { InstallationSigns } from '../selfwatch/find-problems.ts';
import type { DataSource } from 'typeorm';

type Signs = Omit<InstallationSigns, 'processes' | 'canarySentAt'>;

/** @param isImporting history is old when it comes: no backlog */
export async function lookAround(
  database: DataSource,
  isImporting: (tenantId: TenantId) => Promise<boolean>,
): Promise<Signs> {
  const { waiting, names, ...signs } = await acrossTenants(database, async (tx) => {
    const tenants = new Map((await listTenants(tx)).map(({ id, slug }) => [id, slug]));
    const nameOf = (id: TenantId): string => tenants.get(id) ?? 'a removed tenant';
    return {
      names: nameOf,
      waiting: await listOldestWaiting(tx),
      quarantines: await listQuarantines(tx),
      mailboxes: (await listMailboxDoors(tx)).map(({ tenantId, name, readUntil, createdAt, error }) => ({
        tenant: nameOf(tenantId),
        name,
        seenAt: readUntil ?? createdAt,
        error,
      })),
      failingNotices: await summariseFailing(tx),
    };
  });
  const backlogs: Signs['backlogs'][number][] = [];
  for (const [tenantId, oldestAt] of waiting) {
    if (!(await isImporting(tenantId))) backlogs.push({ tenant: names(tenantId), oldestAt });
  }
  return { ...signs, backlogs };
}
