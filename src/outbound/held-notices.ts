/**
 * Notices that wait: for a moment, so that what comes together is told together, or for the next digest. One row a
 * listener and event, so that an event that comes and goes is told once.
 */
import { rows, type Tx } from '../db/transaction.ts';
import { later, SECOND } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import { keyOf, type Told } from './audience/told.ts';
import type { PendingChange } from './pending-changes.ts';

export interface HeldNotice {
  change: Pick<PendingChange, 'eventId' | 'changeId'>;
  listener: Told;
  as: 'notice' | 'digest';
  releaseAt: Date;
}

/** Contract §4 gives 15 s to tell a responder; a storm shows itself in the first of them. */
const GATHERED_MS = 4 * SECOND;

/** When what is to be told now goes out. */
export function whenGathered(now: Date): Date {
  return later(now, GATHERED_MS);
}

/** What is told as a notice goes with the listener's others that wait already. */
export async function hold(
  tx: Tx,
  tenantId: TenantId,
  held: readonly HeldNotice[],
  now: Date,
): Promise<void> {
  if (held.length === 0) return;
  const written = held.map(({ change, listener, as, releaseAt }) => ({
    userId: listener.userId,
    channelId: listener.channelId,
    key: keyOf(listener),
    eventId: change.eventId,
    changeId: change.changeId,
    as,
    releaseAt,
  }));
  await rows(
    tx,
    `with waiting as (
       select coalesce(user_id, channel_id) as key, min(release_at) as release_at from held_notices
       where tenant_id = $1 and told_as = 'notice' and coalesce(user_id, channel_id) = any($4::uuid[]) group by 1)
     insert into held_notices (tenant_id, user_id, channel_id, event_id, change_id, told_as, held_at, release_at)
     select distinct on (h.key, h."eventId") $1::uuid, h."userId", h."channelId", h."eventId", h."changeId", h."as",
       $3::timestamptz, least(h."releaseAt", w.release_at)
     from json_to_recordset($2) as h (key uuid, "userId" uuid, "channelId" uuid, "eventId" uuid,
         "changeId" uuid, "as" text, "releaseAt" timestamptz)
       left join waiting w on w.key = h.key and h."as" = 'notice'
     order by h.key, h."eventId", h."releaseAt"
     on conflict (tenant_id, (coalesce(user_id, channel_id)), event_id) do update set
       told_as = case when excluded.told_as = 'notice' then 'notice' else held_notices.told_as end,
       release_at = least(held_notices.release_at, excluded.release_at) returning event_id`,
    [tenantId, JSON.stringify(written), now, [...new Set(written.map(({ key }) => key))]],
  );
}
