/**
 * The stage of dispatch that tells of events which have ended by themselves: who has the event, and the rooms that were
 * told of it. What a person completed tells nobody (contract §4).
 */
import { rows, type Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { ChannelId, EventId, TenantId } from '../kernel/ids.ts';
import type { Told } from './audience/told.ts';
import type { PendingChange } from './pending-changes.ts';
import { hold, whenGathered } from './held-notices.ts';

/** As `completedBy` of events has it: the recovery mail of a tool, the mail that was missing. */
const BY_ITSELF: readonly unknown[] = ['recovery', 'arrival'];

export async function tellRecovered(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  now: Date,
): Promise<void> {
  const ended = changes.filter(
    ({ what, detail, state, isNoise }) =>
      what === 'completed' && BY_ITSELF.includes(detail['by']) && state === 'completed' && !isNoise,
  );
  if (ended.length === 0) return;
  const rooms = await listRoomsTold(
    tx,
    tenantId,
    ended.map(({ eventId }) => eventId),
  );
  const held = ended.flatMap((change) => {
    const holder: Told[] = change.holderId ? [{ userId: change.holderId, channelId: null }] : [];
    return [...holder, ...(rooms.get(change.eventId) ?? [])].map((listener) => ({
      change,
      listener,
      as: 'notice' as const,
      releaseAt: whenGathered(now),
    }));
  });
  await hold(tx, tenantId, held, now);
}

async function listRoomsTold(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
): Promise<Map<EventId, Told[]>> {
  const told = await rows<{ eventId: EventId; channelId: ChannelId }>(
    tx,
    `select distinct event_id as "eventId", channel_id as "channelId" from deliveries
     where tenant_id = $1 and event_id = any($2::uuid[]) and channel_id is not null and user_id is null`,
    [tenantId, eventIds],
  );
  return new Map(
    [...groupBy(told, ({ eventId }) => eventId)].map(([eventId, own]) => [
      eventId,
      own.map(({ channelId }): Told => ({ userId: null, channelId })),
    ]),
  );
}
