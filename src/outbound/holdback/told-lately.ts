/** What listeners were told lately, by their keys: what limits, storms and "not again" are held against. */
import { oneRow, rows, type Tx } from '../../db/transaction.ts';
import { mostSevere, type MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { later } from '../../kernel/clock.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { LIMIT_MS, MOST_OF_TENANT, STORM_LASTS_MS, type ToldStorm } from './hold-back.ts';

export interface ToldLately {
  /** How many notices within LIMIT_MS; told at several places is told once. */
  recent: number;
  /** How many of them the tenant's people bear. */
  limit: number;
  /** How many went to the whole tenant meanwhile; counted no further than what is bearable. */
  ofTenant: number;
  storm: (ToldStorm & { messageId: string }) | null;
}

/** @returns by the listener's key */
export async function loadTold(
  tx: Tx,
  tenantId: TenantId,
  listeners: readonly string[],
  now: Date,
): Promise<(key: string) => ToldLately> {
  const recent = await countRecent(tx, tenantId, listeners, now);
  const storms = await findStorms(tx, tenantId, now);
  const tenant = await oneRow<{ limit: number; ofTenant: number }>(
    tx,
    `select notice_limit as "limit", (select count(*)::integer from (
       select from deliveries where tenant_id = $1 and created_at > $2 limit ${MOST_OF_TENANT}) as d) as "ofTenant"
     from tenants where id = $1`,
    [tenantId, later(now, -LIMIT_MS)],
  );
  return (key) => ({
    recent: recent.get(key) ?? 0,
    limit: tenant?.limit ?? 0,
    ofTenant: tenant?.ofTenant ?? 0,
    storm: storms.get(key) ?? null,
  });
}

async function countRecent(
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

interface StormNotice {
  key: string;
  at: Date;
  messageId: string;
  worst: MaybeSeverity | 'unclassified';
}

async function findStorms(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
): Promise<Map<string, ToldStorm & { messageId: string }>> {
  const notices = await rows<StormNotice>(
    tx,
    // Its lines begin with the worst. A mail before what went to other places: the next one answers it.
    `select coalesce(user_id, channel_id) as key, created_at as at, message_id as "messageId",
       message #>> '{sections,0,lines,0,severity}' as worst
     from deliveries where tenant_id = $1 and kind = 'storm' and created_at > $2
     order by created_at desc, channel_id nulls first`,
    [tenantId, later(now, -STORM_LASTS_MS)],
  );
  return new Map(
    [...groupBy(notices, ({ key }) => key)].flatMap(([key, [last, ...before]]) => {
      if (!last) return [];
      const worst = mostSevere(
        [last, ...before].map((one) => (one.worst === 'unclassified' ? null : one.worst)),
      );
      return [[key, { at: last.at, messageId: last.messageId, worst: worst ?? null }]];
    }),
  );
}

/** When each was told of which event last. @returns by `KEY EVENT` */
export async function findLastTold(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
): Promise<Map<string, Date>> {
  const told = await rows<{ key: string; eventId: EventId; at: Date }>(
    tx,
    // Alone, or in a list.
    `select coalesce(d.user_id, d.channel_id) as key, t.event_id as "eventId", max(d.created_at) as at
     from (select id, event_id from deliveries where tenant_id = $1 and event_id = any($2::uuid[])
           union all
           select delivery_id, event_id from listed_events where tenant_id = $1 and event_id = any($2::uuid[])) as t
       join deliveries d on d.tenant_id = $1 and d.id = t.id
     where coalesce(d.user_id, d.channel_id) is not null and d.kind <> 'reply' group by 1, 2`,
    [tenantId, eventIds],
  );
  return new Map(told.map(({ key, eventId, at }) => [`${key} ${eventId}`, at]));
}
