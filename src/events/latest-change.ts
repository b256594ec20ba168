/** A mark that differs whenever something that pages show may have changed. */
import { oneRow, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';

export async function latestChange(tx: Tx, tenantId: TenantId): Promise<string> {
  const row = await oneRow<{ mark: string }>(
    tx,
    `select concat_ws(' ',
       (select id from changes where tenant_id = $1 order by id desc limit 1),
       (select id from mses where tenant_id = $1 order by received_at desc, id desc limit 1),
       (select string_agg(coalesce(error, ''), ',') from mailbox_states where tenant_id = $1)) as mark`,
    [tenantId],
  );
  return row?.mark ?? '';
}
