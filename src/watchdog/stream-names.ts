/** What schedules are called, for those who only name them. */
import { rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';

/** Ids that are no schedule of the tenant are not in the answer. */
export async function listStreamNames(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await rows<{ id: string; name: string }>(
    tx,
    'select id, name from streams where tenant_id = $1 and id = any($2::uuid[])',
    [tenantId, ids],
  );
  return new Map(found.map(({ id, name }) => [id, name]));
}
