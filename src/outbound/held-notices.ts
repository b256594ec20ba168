/** Notices that wait for a person's next digest, and the digest. */
import { listAddressees, type Addressee } from '../accounts/users.ts';
import { changedRows, rows, type Tx } from '../db/transaction.ts';
import { severityRank } from '../events/severity.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { EventId, TenantId, UserId } from '../kernel/ids.ts';
import { addDeliveries, newDelivery, type NewDelivery } from './deliveries.ts';
import type { DispatchOptions, PendingChange } from './dispatch.ts';
import { wordDigest, type DigestEvent } from './wording/digest.ts';

export interface HeldNotice {
  change: Pick<PendingChange, 'eventId' | 'changeId'>;
  userId: UserId;
  releaseAt: Date;
}

/** One row a person and event: an event that comes and goes stands in the digest once. */
export async function hold(
  tx: Tx,
  tenantId: TenantId,
  held: readonly HeldNotice[],
  now: Date,
): Promise<void> {
  if (held.length === 0) return;
  const written = held.map(({ change, userId, releaseAt }) => ({
    userId,
    eventId: change.eventId,
    changeId: change.changeId,
    releaseAt,
  }));
  await rows(
    tx,
    `insert into held_notices (tenant_id, user_id, event_id, change_id, held_at, release_at)
     select distinct on (h."userId", h."eventId") $1::uuid, h."userId", h."eventId", h."changeId", $3::timestamptz, h."releaseAt"
     from json_to_recordset($2) as h ("userId" uuid, "eventId" uuid, "changeId" uuid, "releaseAt" timestamptz)
     order by h."userId", h."eventId", h."releaseAt"
     on conflict (tenant_id, user_id, event_id) do update
       set release_at = least(held_notices.release_at, excluded.release_at) returning event_id`,
    [tenantId, JSON.stringify(written), now],
  );
}

interface Released extends DigestEvent {
  tenantId: TenantId;
  userId: UserId;
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
    const byPerson = groupBy(ofTenant, ({ userId }) => userId);
    const people = await listAddressees(tx, tenantId, [...byPerson.keys()]);
    const deliveries = people.flatMap((person) =>
      asDigest(person, byPerson.get(person.id) ?? [], options, now),
    );
    await addDeliveries(tx, tenantId, deliveries, now);
  }
  return released.length === LARGEST_BATCH;
}

async function takeReleased(tx: Tx, now: Date): Promise<Released[]> {
  const taken = await changedRows<{ tenantId: TenantId; userId: UserId; eventId: EventId; changeId: string }>(
    tx,
    `delete from held_notices where (tenant_id, user_id, event_id) in (
       select tenant_id, user_id, event_id from held_notices where release_at <= $1
       order by release_at limit ${LARGEST_BATCH} for update skip locked)
     returning tenant_id as "tenantId", user_id as "userId", event_id as "eventId", change_id as "changeId"`,
    [now],
  );
  if (taken.length === 0) return [];
  return rows<Released>(
    tx,
    `select h."tenantId", h."userId", h."eventId", h."changeId", e.number, e.kind, e.title, e.severity, e.org, e.state,
       u.name as assignee, e.created_at as "createdAt"
     from json_to_recordset($1) as h ("tenantId" uuid, "userId" uuid, "eventId" uuid, "changeId" uuid)
       join events e on e.tenant_id = h."tenantId" and e.id = h."eventId" and e.state <> 'merged'
       left join users u on u.id = e.assignee_id`,
    [JSON.stringify(taken)],
  );
}

/** Nothing when all of it is over: whoever was not told of it misses nothing. */
function asDigest(
  person: Addressee,
  events: readonly Released[],
  options: DispatchOptions,
  now: Date,
): NewDelivery[] {
  const sorted = [...events].sort((one, other) => severityRank(one.severity) - severityRank(other.severity));
  const first = sorted.find(({ state }) => state === 'open');
  if (!first) return [];
  const { changeId, eventId } = first;
  const message = wordDigest({
    name: person.name,
    timeZone: person.timeZone,
    events: sorted,
    baseUrl: options.baseUrl,
  });
  return [
    newDelivery(
      { userId: person.id, address: person.email },
      { kind: 'digest', eventId, changeId, message },
      options,
      now,
    ),
  ];
}
