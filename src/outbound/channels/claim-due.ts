/** Claims what is due to channels, a few for each, so that a room with hundreds of notices keeps no other waiting. */
import { changedRows, type Tx } from '../../db/transaction.ts';
import { later } from '../../kernel/clock.ts';
import type { ChannelId } from '../../kernel/ids.ts';
import { CLAIM_MS } from '../claims.ts';
import { DELIVERY, type Delivery } from '../deliveries.ts';

/** One after the other, each at most 10 s: what comes meanwhile has its turn within a minute. */
const MOST_OF_CHANNEL = 5;
/** Connections at once. */
const LARGEST_BATCH = 50;
const LOOKED_AT = 1000;

export type ChannelDelivery = Delivery & { channelId: ChannelId };

/** Something is to be sent to a channel, at `$1`. */
export const HAS_CHANNEL_DELIVERIES = `exists (
  select from deliveries where state = 'pending' and channel_id is not null and next_try_at <= $1)`;

/** @param busy channels that are being sent to: theirs wait until that is done */
export async function claimDueOfChannels(
  tx: Tx,
  busy: readonly string[],
  now: Date,
): Promise<ChannelDelivery[]> {
  return changedRows<ChannelDelivery>(
    tx,
    `update deliveries set attempts = attempts + 1, next_try_at = $2
     where (tenant_id, id) in (
       select tenant_id, id from (
         select tenant_id, id, next_try_at, row_number() over (partition by channel_id order by created_at, id) as place
         from (
           select tenant_id, id, channel_id, next_try_at, created_at from deliveries
           where state = 'pending' and channel_id is not null and next_try_at <= $1 and channel_id <> all($3::uuid[])
           order by next_try_at limit ${LOOKED_AT}) as due) as placed
       where place <= ${MOST_OF_CHANNEL} order by place, next_try_at limit ${LARGEST_BATCH})
       -- another process may have claimed it between looking and writing
       and state = 'pending' and next_try_at <= $1
     returning ${DELIVERY}`,
    [now, later(now, CLAIM_MS), busy],
  );
}
