/**
 * The loop that ends silences: one summary for each person and room that responds to what was hidden; who has quiet hours
 * finds what is still down then in the list at their end. That it has been told and the mails that tell it are one
 * transaction, so a crash tells nobody twice and forgets nobody.
 */
import type { DataSource } from 'typeorm';
import { acrossTenants, inTenant, type Tx } from '../db/transaction.ts';
import { recordChanges, type Change } from '../events/change.ts';
import { mostSevere } from '../events/severity.ts';
import { formatLocal } from '../kernel/calendar.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { findTenantWithDue, releaseChanged } from '../silences/hidden.ts';
import { takeSummary, type SummedEvent, type Summary } from '../silences/summary.ts';
import { respondersIn, type Listener } from './audience/audience.ts';
import { loadAudience } from './audience/load-audience.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { keyOf } from './audience/told.ts';
import { addDeliveries, type NewDelivery } from './deliveries.ts';
import type { Addresses } from './addresses.ts';
import { hold, type HeldNotice } from './held-notices.ts';
import { holdSummary, type Kept } from './holdback/hold-summary.ts';
import { wordSilenceSummary } from './wording/silence-summary.ts';

/** @returns true when there may be more */
export async function sumUpSilences(database: DataSource, addresses: Addresses, now: Date): Promise<boolean> {
  const tenantId = await acrossTenants(database, async (tx) => {
    await releaseChanged(tx, now);
    return findTenantWithDue(tx, now);
  });
  if (!tenantId) return false;
  await inTenant(database, tenantId, async (tx) => {
    const summary = await takeSummary(tx, tenantId, now);
    if (summary) await tell(tx, tenantId, summary, addresses, now);
  });
  return true;
}

async function tell(
  tx: Tx,
  tenantId: TenantId,
  summary: Summary,
  addresses: Addresses,
  now: Date,
): Promise<void> {
  const worthTelling = summary.events.filter(({ state, isNoise }) => state !== 'merged' && !isNoise);
  const responders = await findResponders(tx, tenantId, worthTelling);
  // Whoever missed nothing hears nothing: what was told of before is only named beside it.
  const concerned = [...responders.values()].filter(({ events }) => events.some(({ isHidden }) => isHidden));
  const known = await reach(
    tx,
    tenantId,
    concerned.map(({ listener }) => listener),
  );
  const tellings = concerned.flatMap((responder): Telling[] => {
    const reached = known.get(keyOf(responder.listener));
    return reached ? [{ ...responder, reached, heldUntil: holdSummary(responder.kept, now) }] : [];
  });
  const changes = await recordEnd(tx, tenantId, summary, tellings, now);
  await hold(
    tx,
    tenantId,
    tellings.flatMap((telling) => asHeld(telling, changes)),
    now,
  );
  const deliveries = tellings
    .filter(({ heldUntil }) => heldUntil === null)
    .flatMap(({ reached, events }) => asDeliveries(reached, events, summary, changes, addresses, now));
  await addDeliveries(tx, tenantId, deliveries, now);
}

interface Responder {
  listener: Listener;
  events: SummedEvent[];
  /** Of these what was hidden. */
  kept: Kept[];
}

/** By their keys. */
async function findResponders(
  tx: Tx,
  tenantId: TenantId,
  events: readonly SummedEvent[],
): Promise<Map<string, Responder>> {
  const audienceFor = await loadAudience(tx, tenantId);
  const responders = new Map<string, Responder>();
  for (const event of events) {
    for (const listener of respondersIn(audienceFor(event.org, event.severity))) {
      const responder = responders.get(keyOf(listener)) ?? { listener, events: [], kept: [] };
      responders.set(keyOf(listener), responder);
      responder.events.push(event);
      if (event.isHidden) responder.kept.push({ ...event, quietHours: listener.quietHours });
    }
  }
  return responders;
}

interface Telling extends Responder {
  reached: Reached;
  /** Null: told now. */
  heldUntil: Date | null;
}

/** @returns the row that each hidden event's timeline got */
async function recordEnd(
  tx: Tx,
  tenantId: TenantId,
  { silences, events }: Summary,
  tellings: readonly Telling[],
  now: Date,
): Promise<Map<EventId, Change>> {
  const byEvent = new Map<EventId, Telling[]>();
  for (const telling of tellings) {
    for (const { id } of telling.events) byEvent.set(id, [...(byEvent.get(id) ?? []), telling]);
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
      why: `${reasons}: ${describeTold(byEvent.get(id) ?? [])}`,
    })),
  );
  return new Map(changes.map((change) => [change.eventId, change]));
}

const MOST_NAMES = 10;

function describeTold(tellings: readonly Telling[]): string {
  if (tellings.length === 0) return 'nobody responds to it';
  const names = tellings.filter(({ heldUntil }) => heldUntil === null).map(({ reached }) => reached.name);
  const held = tellings.flatMap(({ reached: { name, timeZone }, heldUntil }) =>
    heldUntil ? `${name}: quiet hours, told at ${formatLocal(heldUntil, timeZone, 'HH:mm')} ${timeZone}` : [],
  );
  const told = names.length > MOST_NAMES ? `${names.length} people` : names.join(', ');
  const others = held.length > MOST_NAMES ? [`${held.length} people: quiet hours`] : held;
  return [...(told ? [`told ${told} in a summary`] : []), ...others].join('; ');
}

function asHeld(
  { listener, events, heldUntil }: Telling,
  changes: ReadonlyMap<EventId, Change>,
): HeldNotice[] {
  if (heldUntil === null) return [];
  return events.flatMap(({ id: eventId }) => {
    const change = changes.get(eventId);
    return change
      ? [{ change: { eventId, changeId: change.id }, listener, as: 'digest' as const, releaseAt: heldUntil }]
      : [];
  });
}

function asDeliveries(
  reached: Reached,
  events: readonly SummedEvent[],
  { silences, from }: Summary,
  changes: ReadonlyMap<EventId, Change>,
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const change = events.map(({ id }) => changes.get(id)).find((one) => one !== undefined);
  if (!change) return [];
  const message = wordSilenceSummary({
    greeting: reached.greeting,
    timeZone: reached.timeZone,
    reasons: silences.map(({ reason }) => reason),
    isOver: silences.every(({ isOver }) => isOver),
    from,
    to: now,
    events,
    baseUrl: addresses.baseUrl,
  });
  const notice = { kind: 'summary' as const, eventId: change.eventId, changeId: change.id, message };
  return deliverTo(
    reached,
    mostSevere(events.map(({ severity }) => severity)) ?? null,
    notice,
    addresses,
    now,
  );
}
