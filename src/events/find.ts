/** Ways to an event other than its id: the number that people say, and what became of one that was merged away. */
import { oneRow, type Tx } from '../db/transaction.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';

/** @param text `4812` or `#4812` */
export async function findEventByNumber(tx: Tx, tenantId: TenantId, text: string): Promise<EventId | null> {
  const digits = /^#?(\d{1,9})$/.exec(text.trim())?.[1];
  if (!digits) return null;
  const found = await oneRow<{ id: EventId }>(
    tx,
    'select id from events where tenant_id = $1 and number = $2',
    [tenantId, Number(digits)],
  );
  return found?.id ?? null;
}

/** The event that has the mails of a merged-away one now. @returns null for one that was not merged away */
export async function findMergedInto(tx: Tx, tenantId: TenantId, id: string): Promise<EventId | null> {
  const found = await oneRow<{ id: EventId }>(
    tx,
    // UNION, not UNION ALL: a circle would end.
    `with recursive chain as (
       select id, merged_into from events where tenant_id = $1 and id = $2
       union
       select e.id, e.merged_into from chain join events e on e.tenant_id = $1 and e.id = chain.merged_into
     )
     select id from chain where merged_into is null and id <> $2`,
    [tenantId, id],
  );
  return found?.id ?? null;
}
