/**
 * The loop that ends silences: one summary for each person who responds to what was hidden. That it has been told and the
 * mails that tell it are one transaction, so a crash tells nobody twice and forgets nobody.
 */
import type { DataSource } from 'typeorm';
import { listHeldSubscriptions } from '../accounts/subscriptions.ts';
import { listAddressees, type Addressee } from '../accounts/users.ts';
import { acrossTenants, inTenant, type Tx } from '../db/transaction.ts';
import { recordChanges, type Change } from '../events/change.ts';
import type { EventId, TenantId, UserId } from '../kernel/ids.ts';
import { findTenantWithDue, releaseChanged } from '../silences/hidden.ts';
import { takeSummary, type SummedEvent, type Summary } from '../silences/summary.ts';
import { compileAudience, respondersIn } from './audience/audience.ts';
import { addDeliveries, newDelivery, type NewDelivery } from './deliveries.ts';
import type { DispatchOptions } from './dispatch.ts';
import { wordSilenceSummary } from './wording/silence-summary.ts';

/** @returns true when there may be more */
export async function sumUpSilences(
  database: DataSource,
  options: DispatchOptions,
  now: Date,
): Promise<boolean> {
  const tenantId = await acrossTenants(database, async (tx) => {
    await releaseChanged(tx, now);
    return findTenantWithDue(tx, now);
  });
  if (!tenantId) return false;
  await inTenant(database, tenantId, async (tx) => {
    const summary = await takeSummary(tx, tenantId, now);
    if (summary) await tell(tx, tenantId, summary, options, now);
  });
  return true;
}

async function tell(
  tx: Tx,
  tenantId: TenantId,
  summary: Summary,
  options: DispatchOptions,
  now: Date,
): Promise<void> {
  const worthTelling = summary.events.filter(({ state, isNoise }) => state !== 'merged' && !isNoise);
  const responders = await findResponders(tx, tenantId, worthTelling);
  // Whoever missed nothing hears nothing: what was told of before is only named beside it.
  const concerned = [...responders].filter(([, events]) => events.some(({ isHidden }) => isHidden));
  const addressees = await listAddressees(
    tx,
    tenantId,
    concerned.map(([userId]) => userId),
  );
  const changes = await recordEnd(tx, tenantId, summary, responders, addressees, now);
  const deliveries = addressees.flatMap((person) =>
    asDelivery(person, responders.get(person.id) ?? [], summary, changes, options, now),
  );
  await addDeliveries(tx, tenantId, deliveries, now);
}

async function findResponders(
  tx: Tx,
  tenantId: TenantId,
  events: readonly SummedEvent[],
): Promise<Map<UserId, SummedEvent[]>> {
  const audienceFor = compileAudience(await listHeldSubscriptions(tx, tenantId));
  const byPerson = new Map<UserId, SummedEvent[]>();
  for (const event of events) {
    for (const { userId } of respondersIn(audienceFor(event.org, event.severity))) {
      const own = byPerson.get(userId);
      if (own) own.push(event);
      else byPerson.set(userId, [event]);
    }
  }
  return byPerson;
}

/** @returns the row that each hidden event's timeline got */
async function recordEnd(
  tx: Tx,
  tenantId: TenantId,
  { silences, events }: Summary,
  responders: ReadonlyMap<UserId, readonly SummedEvent[]>,
  addressees: readonly Addressee[],
  now: Date,
): Promise<Map<EventId, Change>> {
  const told = new Map<EventId, string[]>();
  for (const { id, name } of addressees) {
    for (const event of responders.get(id) ?? []) told.set(event.id, [...(told.get(event.id) ?? []), name]);
  }
  const hidden = events.filter(({ isHidden }) => isHidden);
  const reasons = silences.map(({ reason }) => `“${reason}”`).join(' and ');
  const changes = await recordChanges(
    tx,
    tenantId,
    hidden.map(({ id }) => ({
      eventId: id,
      at: now,
      what: 'silence over' as const,
      detail: { silences: silences.map((silence) => silence.id) },
      why: `${reasons}: ${describeTold(told.get(id) ?? [])}`,
    })),
  );
  return new Map(changes.map((change) => [change.eventId, change]));
}

const MOST_NAMES = 10;

function describeTold(names: readonly string[]): string {
  if (names.length === 0) return 'nobody responds to it';
  if (names.length > MOST_NAMES) return `told ${names.length} people in a summary`;
  return `told ${names.join(', ')} in a summary`;
}

function asDelivery(
  person: Addressee,
  events: readonly SummedEvent[],
  { silences, from }: Summary,
  changes: ReadonlyMap<EventId, Change>,
  options: DispatchOptions,
  now: Date,
): NewDelivery[] {
  const change = events.map(({ id }) => changes.get(id)).find((one) => one !== undefined);
  if (!change) return [];
  const message = wordSilenceSummary({
    name: person.name,
    timeZone: person.timeZone,
    reasons: silences.map(({ reason }) => reason),
    isOver: silences.every(({ isOver }) => isOver),
    from,
    to: now,
    events,
    baseUrl: options.baseUrl,
  });
  return [
    newDelivery(
      { userId: person.id, address: person.email },
      { kind: 'summary', eventId: change.eventId, changeId: change.id, message },
      options,
      now,
    ),
  ];
}
