/** Work that is done tenant by tenant, each in a transaction of its own: none holds another's rows. */
import type { DataSource } from 'typeorm';
import { listTenants, type Tenant } from '../accounts/tenants.ts';
import { inTenant, type Tx } from '../db/transaction.ts';

/**
 * @param work returns true when there may be more to do
 * @returns true when it did for any tenant
 */
export async function eachTenant(
  database: DataSource,
  work: (tx: Tx, tenant: Tenant) => Promise<boolean>,
): Promise<boolean> {
  let hasMore = false;
  for (const tenant of await listTenants(database.manager)) {
    const more = await inTenant(database, tenant.id, (tx) => work(tx, tenant));
    hasMore ||= more;
  }
  return hasMore;
}
