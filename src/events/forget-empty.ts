/** Events of good news whose mails have been removed: of DaTamer's own heartbeats, which nobody looks back at. */
import { affected, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';

const LARGEST_BATCH = 500;

/** Removes completed info events that have no mail any more and have had none since `before`. */
export async function forgetEmptyEvents(tx: Tx, tenantId: TenantId, before: Date): Promise<void> {
  await affected(
    tx,
    `delete from events where tenant_id = $1 and id in (
       select e.id from events e
       where e.tenant_id = $1 and e.state = 'completed' and e.completed_at < $2 and e.kind = 'FAILED'
         and e.severity = 'info' and e.last_mse_at < $2
         and not exists (select 1 from mses m where m.tenant_id = $1 and m.event_id = e.id)
       limit ${LARGEST_BATCH})`,
    [tenantId, before],
  );
}
