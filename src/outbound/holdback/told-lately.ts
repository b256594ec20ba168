/** What listeners were told lately, by their keys: what limits and "not again" are held against. */
import { rows, type Tx } from '../../db/transaction.ts';
import { later } from '../../kernel/clock.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { LIMIT_MS } from './hold-back.ts';

/** How many notices each got within LIMIT_MS; told at several places is told once. */
export async function countRecent(
  tx: Tx,
  tenantId: TenantId,
  listeners: readonly string[],
  now: Date,
): Promise<Map<string, number>> {
  const recent = await rows<{ key: string; count: number }>(
    tx,
    `select user_id as key, count(distinct coalesce(change_id, id))::integer as count from deliveries
     where tenant_id = $1 and user_id = any($2::uuid[]) and created_at > $3 and kind <> 'reply' group by 1
     union all
     select channel_id, count(*)::integer from deliveries
     where tenant_id = $1 and channel_id = any($2::uuid[]) and user_id is null and created_at > $3 group by 1`,
    [tenantId, listeners, later(now, -LIMIT_MS)],
  );
  return new Map(recent.map(({ key, count }) => [key, count]));
}

/** When each was told of which event last. @returns by `KEY EVENT` */
export async function findLastTold(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
): Promise<Map<string, Date>> {
  const told = await rows<{ key: string; eventId: EventId; at: Date }>(
    tx,
    `select coalesce(user_id, channel_id) as key, event_id as "eventId", max(created_at) as at from deliveries
     where tenant_id = $1 and event_id = any($2::uuid[]) and coalesce(user_id, channel_id) is not null
       and kind <> 'reply' group by 1, 2`,
    [tenantId, eventIds],
  );
  return new Map(told.map(({ key, eventId, at }) => [`${key} ${eventId}`, at]));
}
