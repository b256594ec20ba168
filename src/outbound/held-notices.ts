/** Notices that wait for the next digest of a person or a room, and the digest. */
import { changedRows, rows, type Tx } from '../db/transaction.ts';
import { severityRank } from '../events/severity.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { ChannelId, EventId, TenantId, UserId } from '../kernel/ids.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { asTold, keyOf, type Told } from './audience/told.ts';
import { addDeliveries, type NewDelivery } from './deliveries.ts';
import type { DispatchOptions, PendingChange } from './dispatch.ts';
import { wordDigest, type DigestEvent } from './wording/digest.ts';

export interface HeldNotice {
  change: Pick<PendingChange, 'eventId' | 'changeId'>;
  listener: Told;
  releaseAt: Date;
}

/** One row a listener and event: an event that comes and goes stands in the digest once. */
export async function hold(
  tx: Tx,
  tenantId: TenantId,
  held: readonly HeldNotice[],
  now: Date,
): Promise<void> {
  if (held.length === 0) return;
  const written = held.map(({ change, listener, releaseAt }) => ({
    userId: listener.userId,
    channelId: listener.channelId,
    key: keyOf(listener),
    eventId: change.eventId,
    changeId: change.changeId,
    releaseAt,
  }));
  await rows(
    tx,
    `insert into held_notices (tenant_id, user_id, channel_id, event_id, change_id, held_at, release_at)
     select distinct on (h.key, h."eventId") $1::uuid, h."userId", h."channelId", h."eventId", h."changeId", $3::timestamptz, h."releaseAt"
     from json_to_recordset($2) as h (key uuid, "userId" uuid, "channelId" uuid, "eventId" uuid,
       "changeId" uuid, "releaseAt" timestamptz)
     order by h.key, h."eventId", h."releaseAt"
     on conflict (tenant_id, (coalesce(user_id, channel_id)), event_id) do update
       set release_at = least(held_notices.release_at, excluded.release_at) returning event_id`,
    [tenantId, JSON.stringify(written), now],
  );
}

interface Released extends DigestEvent {
  tenantId: TenantId;
  userId: UserId | null;
  channelId: ChannelId | null;
  eventId: EventId;
  changeId: string;
}

const LARGEST_BATCH = 2000;

/** A digest is due, at `$1`. */
export const HAS_DIGESTS = 'exists (select from held_notices where release_at <= $1)';

/**
 * Writes the digests that are due: the rows go in the transaction in which the mails come.
 * @returns true when there may be more
 */
export async function releaseHeld(tx: Tx, options: DispatchOptions, now: Date): Promise<boolean> {
  const released = await takeReleased(tx, now);
  for (const [tenantId, ofTenant] of groupBy(released, (one) => one.tenantId)) {
    const byListener = groupBy(ofTenant, ({ userId, channelId }) => userId ?? channelId);
    const known = await reach(tx, tenantId, ofTenant.flatMap(asTold));
    const deliveries = [...known].flatMap(([key, reached]) =>
      asDigests(reached, byListener.get(key as UserId | ChannelId) ?? [], options, now),
    );
    await addDeliveries(tx, tenantId, deliveries, now);
  }
  return released.length === LARGEST_BATCH;
}

async function takeReleased(tx: Tx, now: Date): Promise<Released[]> {
  const taken = await changedRows<object>(
    tx,
    `delete from held_notices where (tenant_id, coalesce(user_id, channel_id), event_id) in (
       select tenant_id, coalesce(user_id, channel_id), event_id from held_notices where release_at <= $1
       order by release_at limit ${LARGEST_BATCH} for update skip locked)
     returning tenant_id as "tenantId", user_id as "userId", channel_id as "channelId", event_id as "eventId", change_id as "changeId"`,
    [now],
  );
  if (taken.length === 0) return [];
  return rows<Released>(
    tx,
    `select h."tenantId", h."userId", h."channelId", h."eventId", h."changeId", e.number, e.kind, e.title, e.severity, e.org, e.state,
       u.name as assignee, e.created_at as "createdAt"
     from json_to_recordset($1) as h ("tenantId" uuid, "userId" uuid, "channelId" uuid, "eventId" uuid, "changeId" uuid)
       join events e on e.tenant_id = h."tenantId" and e.id = h."eventId" and e.state <> 'merged'
       left join users u on u.id = e.assignee_id`,
    [JSON.stringify(taken)],
  );
}

/** Nothing when all of it is over: whoever was not told of it misses nothing. */
function asDigests(
  reached: Reached,
  events: readonly Released[],
  options: DispatchOptions,
  now: Date,
): NewDelivery[] {
  const sorted = [...events].sort((one, other) => severityRank(one.severity) - severityRank(other.severity));
  const first = sorted.find(({ state }) => state === 'open');
  if (!first) return [];
  const { changeId, eventId } = first;
  const { greeting, timeZone } = reached;
  const message = wordDigest({ greeting, timeZone, events: sorted, baseUrl: options.baseUrl });
  return deliverTo(reached, first.severity, { kind: 'digest', eventId, changeId, message }, options, now);
}
