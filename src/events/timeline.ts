/** The timeline as its page shows it: newest first, bounded, without the lists of mails that undoing needs. */
import { rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { TimelineRow } from './change.ts';

export interface ShownChange extends TimelineRow {
  /** A merge or split that this event kept the mails of, or a correction, that nobody has taken back. */
  canBeUndone: boolean;
}

export interface Timeline {
  rows: ShownChange[];
  hasMore: boolean;
}

export async function readTimeline(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  limit: number,
): Promise<Timeline> {
  const found = await rows<ShownChange>(
    tx,
    `select c.id, c.at, c.user_id as "userId", c.who, c.what, c.why, c.detail - 'mses' - 'signals' - 'taught' as detail,
       (c.what in ('merged', 'split') and c.detail -> 'mses' is not null or c.what = 'corrected' and c.detail -> 'deed' is not null)
       and not exists (
         select from changes u
         where u.tenant_id = c.tenant_id and u.event_id = c.event_id and u.detail ->> 'undoes' = c.id::text
       ) as "canBeUndone"
     from changes c where c.tenant_id = $1 and c.event_id = $2
     order by c.id desc limit $3`,
    [tenantId, eventId, limit + 1],
  );
  return { rows: found.slice(0, limit), hasMore: found.length > limit };
}
