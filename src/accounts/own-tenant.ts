/** Who may see how DaTamer itself does: the first admin of the installation, until somebody else is added. */
import { OWN_TENANT } from '../config/own-tenant.ts';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import type { TenantId, UserId } from '../kernel/ids.ts';
import { findTenantBySlug } from './tenants.ts';
import { addPersonalGroup } from './users.ts';

/** Makes the first admin of the oldest other tenant admin of the own one, while that has nobody. */
export async function joinOwnTenant(tx: Tx, now: Date): Promise<void> {
  const own = await findTenantBySlug(tx, OWN_TENANT);
  if (!own || (await hasMembers(tx, own.id))) return;
  const first = await oneRow<{ id: UserId; email: string }>(
    tx,
    `select u.id, u.email
     from memberships m join tenants t on t.id = m.tenant_id join users u on u.id = m.user_id
     where m.role = 'admin' and m.tenant_id <> $1 order by t.created_at, t.id, m.created_at, u.id limit 1`,
    [own.id],
  );
  if (!first) return;
  await rows(
    tx,
    `insert into memberships (tenant_id, user_id, role, created_at) values ($1, $2, 'admin', $3)
     on conflict do nothing returning user_id`,
    [own.id, first.id, now],
  );
  await addPersonalGroup(tx, own.id, first, now);
}

async function hasMembers(tx: Tx, tenantId: TenantId): Promise<boolean> {
  return (
    (await oneRow(tx, 'select 1 from memberships where tenant_id = $1 limit 1', [tenantId])) !== undefined
  );
}
