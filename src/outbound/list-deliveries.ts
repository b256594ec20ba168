/** Notices as pages and the API list them: to whom, of what, how it went. Never their text. */
import { z } from 'zod';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { decodeCursor, encodeCursor } from '../kernel/cursor.ts';
import type { ChannelId, EventId, TenantId, UserId } from '../kernel/ids.ts';
import type { Delivery } from './deliveries.ts';

/** Of several events the worst one stands for them. */
export interface ListedDelivery extends Pick<
  Delivery,
  | 'id'
  | 'kind'
  | 'eventId'
  | 'userId'
  | 'channelId'
  | 'address'
  | 'state'
  | 'attempts'
  | 'nextTryAt'
  | 'lastError'
  | 'createdAt'
  | 'sentAt'
> {
  userName: string | null;
  subject: string;
}

export interface DeliveryFilter {
  /** `failed` has those that came back, too. */
  state?: 'pending' | 'sent' | 'failed' | undefined;
  user?: string | undefined;
  channel?: string | undefined;
  event?: string | undefined;
}

const LISTED = `d.id, d.kind, d.event_id as "eventId", d.user_id as "userId", u.name as "userName",
  d.channel_id as "channelId", d.address, d.message ->> 'subject' as subject, d.state, d.attempts,
  d.next_try_at as "nextTryAt", d.last_error as "lastError", d.created_at as "createdAt", d.sent_at as "sentAt"`;

/** Written out, so that the indexes of the rare ones are found. */
const STATES = {
  pending: "d.state = 'pending'",
  sent: "d.state = 'sent'",
  failed: "d.state in ('failed', 'bounced')",
};

const cursorShape = z.tuple([z.iso.datetime(), z.uuid()]);

/**
 * The newest first.
 * @throws Invalid for a cursor of another list
 */
export async function listDeliveries(
  tx: Tx,
  tenantId: TenantId,
  { state, user, channel, event }: DeliveryFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: ListedDelivery[]; nextCursor: string | null }> {
  const [beforeAt, beforeId] = cursor ? decodeCursor(cursor, cursorShape) : [null, null];
  const parameters: unknown[] = [tenantId];
  const bound = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [
    'd.tenant_id = $1',
    ...(state ? [STATES[state]] : []),
    ...(user ? [`d.user_id = ${bound(user)}::uuid`] : []),
    ...(channel ? [`d.channel_id = ${bound(channel)}::uuid`] : []),
    ...(event ? [tellsOf(bound(event))] : []),
    ...(beforeAt
      ? [`(d.created_at, d.id) < (${bound(beforeAt)}::timestamptz, ${bound(beforeId)}::uuid)`]
      : []),
  ];
  const found = await rows<ListedDelivery>(
    tx,
    `select ${LISTED} from deliveries d left join users u on u.id = d.user_id
     where ${conditions.join(' and ')} order by d.created_at desc, d.id desc limit ${bound(limit + 1)}`,
    parameters,
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: found.length > limit && last ? encodeCursor([last.createdAt.toISOString(), last.id]) : null,
  };
}

/** Of it alone, or in a list. Two indexes, where "or" would use none. */
function tellsOf(event: string): string {
  return `d.id in (
    select id from deliveries where tenant_id = $1 and event_id = ${event}::uuid
    union all select delivery_id from listed_events where tenant_id = $1 and event_id = ${event}::uuid)`;
}

/** Nobody counts further, and counting all of half a year would take its time. */
export const MOST_COUNTED = 1000;

/** How many failed within the time that they are kept, and how many wait; counted no further than MOST_COUNTED. */
export async function countTroubled(
  tx: Tx,
  tenantId: TenantId,
): Promise<{ failed: number; pending: number; held: number }> {
  const counted = (state: keyof typeof STATES) =>
    `(select count(*)::integer from (
       select from deliveries d where d.tenant_id = $1 and ${STATES[state]} limit ${MOST_COUNTED}) as x)`;
  const counts = await oneRow<{ failed: number; pending: number; held: number }>(
    tx,
    `select ${counted('failed')} as failed, ${counted('pending')} as pending,
       (select count(*)::integer from (
          select from held_notices where tenant_id = $1 limit ${MOST_COUNTED}) as x) as held`,
    [tenantId],
  );
  return counts ?? { failed: 0, pending: 0, held: 0 };
}

/** A line of a notice that is still to come. */
export interface HeldLine {
  eventId: EventId;
  number: number;
  title: string;
  userId: UserId | null;
  channelId: ChannelId | null;
  name: string;
  as: 'notice' | 'digest';
  heldAt: Date;
  releaseAt: Date;
}

/** What waits to be told together, the next first. */
export async function listHeld(
  tx: Tx,
  tenantId: TenantId,
  { event, to, limit }: { event?: string | undefined; to?: string | undefined; limit: number },
): Promise<HeldLine[]> {
  return rows<HeldLine>(
    tx,
    `select h.event_id as "eventId", e.number, e.title, h.user_id as "userId", h.channel_id as "channelId",
       coalesce(u.name, c.name) as name, h.told_as as "as", h.held_at as "heldAt", h.release_at as "releaseAt"
     from held_notices h
       join events e on e.tenant_id = h.tenant_id and e.id = h.event_id
       left join users u on u.id = h.user_id
       left join channels c on c.tenant_id = h.tenant_id and c.id = h.channel_id
     where h.tenant_id = $1 and ($2::uuid is null or h.event_id = $2)
       and ($4::uuid is null or coalesce(h.user_id, h.channel_id) = $4)
     order by h.release_at, e.number, name limit $3`,
    [tenantId, event ?? null, limit, to ?? null],
  );
}
