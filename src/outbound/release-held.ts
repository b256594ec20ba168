/** The loop that tells what was held: one by one, as one notice when it is much, as a digest, or not at all when it is over. */
import { changedRows, rows, type Tx } from '../db/transaction.ts';
import type { ChangeKind } from '../events/change.ts';
import { severityRank } from '../events/severity.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { ChannelId, TenantId, UserId } from '../kernel/ids.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { asTold } from './audience/told.ts';
import { addDeliveries, type NewDelivery } from './deliveries.ts';
import type { Addresses } from './addresses.ts';
import { loadTold, type ToldLately } from './holdback/told-lately.ts';
import { wordDigest } from './wording/digest.ts';
import type { ListedEvent } from './wording/listed-event.ts';
import { wordEvent } from './wording/event-notice.ts';
import { wordManyRecovered, wordRecovered } from './wording/recovered.ts';
import { wordSeveral } from './wording/several.ts';

interface Released extends ListedEvent {
  tenantId: TenantId;
  userId: UserId | null;
  channelId: ChannelId | null;
  changeId: string;
  as: 'notice' | 'digest';
  what: ChangeKind;
  servers: string[];
}

const LARGEST_BATCH = 2000;
/** More at once are one notice that lists them. */
const MOST_APART = 3;
/** So many at once are a storm: what follows is told in its thread, and not each within seconds. */
const STORM_FROM = 10;

/** Something held is due, at `$1`. */
export const HAS_RELEASABLE = 'exists (select from held_notices where release_at <= $1)';

/**
 * Writes what is due: the rows go in the transaction in which the deliveries come.
 * @returns true when there may be more
 */
export async function releaseHeld(tx: Tx, addresses: Addresses, now: Date): Promise<boolean> {
  const released = await takeReleased(tx, now);
  for (const [tenantId, ofTenant] of groupBy(released, (one) => one.tenantId)) {
    const byListener = groupBy(ofTenant, ({ userId, channelId }) => userId ?? channelId);
    const known = await reach(tx, tenantId, ofTenant.flatMap(asTold));
    const told = await loadTold(tx, tenantId, [...known.keys()], now);
    const deliveries = [...known].flatMap(([key, reached]) => {
      const own = byListener.get(key as UserId | ChannelId) ?? [];
      return [
        ...asNotices(reached, own.filter(isNotice), told(key), addresses, now),
        ...asRecovered(reached, own.filter(isNotice), addresses, now),
        ...asDigests(
          reached,
          own.filter((one) => !isNotice(one)),
          addresses,
          now,
        ),
      ];
    });
    await addDeliveries(tx, tenantId, deliveries, now);
  }
  return released.length === LARGEST_BATCH;
}

function isNotice({ as }: Released): boolean {
  return as === 'notice';
}

async function takeReleased(tx: Tx, now: Date): Promise<Released[]> {
  const taken = await changedRows<object>(
    tx,
    `delete from held_notices where (tenant_id, coalesce(user_id, channel_id), event_id) in (
       select tenant_id, coalesce(user_id, channel_id), event_id from held_notices where release_at <= $1
       order by release_at limit ${LARGEST_BATCH} for update skip locked)
     returning tenant_id as "tenantId", user_id as "userId", channel_id as "channelId", event_id as "eventId",
       change_id as "changeId", told_as as "as"`,
    [now],
  );
  if (taken.length === 0) return [];
  return rows<Released>(
    tx,
    `select h.*, c.what, e.number, e.kind, e.title, e.severity, e.org, e.servers, e.state, u.name as assignee,
       e.created_at as "createdAt"
     from json_to_recordset($1) as h ("tenantId" uuid, "userId" uuid, "channelId" uuid, "eventId" uuid,
         "changeId" uuid, "as" text)
       join changes c on c.tenant_id = h."tenantId" and c.id = h."changeId"
       join events e on e.tenant_id = h."tenantId" and e.id = h."eventId" and e.state <> 'merged'
       left join users u on u.id = e.assignee_id
     order by e.number`,
    [JSON.stringify(taken)],
  );
}

/** Of what is over by now nobody is told; many at once, and what follows a storm, are one notice in one thread. */
function asNotices(
  reached: Reached,
  released: readonly Released[],
  { recent, limit, storm }: ToldLately,
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const open = mostSevereFirst(released.filter(({ state }) => state === 'open'));
  const [first] = open;
  if (!first) return [];
  const { greeting, timeZone } = reached;
  const isApart = storm === null && open.length <= MOST_APART && recent + open.length <= limit;
  if (isApart) {
    return open.flatMap((event) => {
      const { changeId, eventId, severity } = event;
      const message = wordEvent({ ...event, greeting, timeZone, baseUrl: addresses.baseUrl });
      return deliverTo(reached, severity, { kind: 'event', eventId, changeId, message }, addresses, now);
    });
  }
  const { changeId, eventId, severity } = first;
  const isStorm = open.length >= STORM_FROM;
  const course = storm ? ('goes on' as const) : isStorm ? ('begins' as const) : null;
  const message = wordSeveral({ greeting, timeZone, events: open, course, baseUrl: addresses.baseUrl });
  const kind = course === null ? ('several' as const) : ('storm' as const);
  return deliverTo(reached, severity, { kind, eventId, changeId, message }, addresses, now).map(
    (delivery) => ({
      ...delivery,
      inReplyTo: storm?.messageId ?? null,
    }),
  );
}

/** What nobody was told of before its end has no row that says so: the row of its beginning was there first. */
function asRecovered(
  reached: Reached,
  released: readonly Released[],
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const over = mostSevereFirst(
    released.filter(({ what, state }) => what === 'completed' && state === 'completed'),
  );
  const [first] = over;
  if (!first) return [];
  const { greeting, timeZone } = reached;
  const reader = { greeting, timeZone, baseUrl: addresses.baseUrl };
  const notices =
    over.length > MOST_APART
      ? [{ ...first, message: wordManyRecovered({ ...reader, events: over }) }]
      : over.map((event) => ({ ...event, message: wordRecovered({ ...event, ...reader }) }));
  return notices.flatMap(({ eventId, changeId, severity, message }) =>
    deliverTo(reached, severity, { kind: 'recovered', eventId, changeId, message }, addresses, now),
  );
}

/** Nothing when all of it is over: whoever was not told of it misses nothing. */
function asDigests(
  reached: Reached,
  released: readonly Released[],
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const events = mostSevereFirst(released);
  const first = events.find(({ state }) => state === 'open');
  if (!first) return [];
  const { changeId, eventId } = first;
  const { greeting, timeZone } = reached;
  const message = wordDigest({ greeting, timeZone, events, baseUrl: addresses.baseUrl });
  return deliverTo(reached, first.severity, { kind: 'digest', eventId, changeId, message }, addresses, now);
}

function mostSevereFirst(events: readonly Released[]): Released[] {
  return [...events].sort((one, other) => severityRank(one.severity) - severityRank(other.severity));
}
