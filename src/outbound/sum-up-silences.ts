/**
 * The loop that ends silences: one summary for each person and room that responds to what was hidden. That it has been told and the
 * mails that tell it are one transaction, so a crash tells nobody twice and forgets nobody.
 */
import type { DataSource } from 'typeorm';
import { acrossTenants, inTenant, type Tx } from '../db/transaction.ts';
import { recordChanges, type Change } from '../events/change.ts';
import { mostSevere } from '../events/severity.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { findTenantWithDue, releaseChanged } from '../silences/hidden.ts';
import { takeSummary, type SummedEvent, type Summary } from '../silences/summary.ts';
import { respondersIn, type Listener } from './audience/audience.ts';
import { loadAudience } from './audience/load-audience.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { keyOf } from './audience/told.ts';
import { addDeliveries, type NewDelivery } from './deliveries.ts';
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
  const concerned = [...responders.values()].filter(({ events }) => events.some(({ isHidden }) => isHidden));
  const known = await reach(
    tx,
    tenantId,
    concerned.map(({ listener }) => listener),
  );
  const tellings = [...known].map(([key, reached]) => ({
    reached,
    events: responders.get(key)?.events ?? [],
  }));
  const changes = await recordEnd(tx, tenantId, summary, tellings, now);
  const deliveries = tellings.flatMap(({ reached, events }) =>
    asDeliveries(reached, events, summary, changes, options, now),
  );
  await addDeliveries(tx, tenantId, deliveries, now);
}

interface Responder {
  listener: Listener;
  events: SummedEvent[];
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
      const known = responders.get(keyOf(listener));
      if (known) known.events.push(event);
      else responders.set(keyOf(listener), { listener, events: [event] });
    }
  }
  return responders;
}

interface Telling {
  reached: Reached;
  events: readonly SummedEvent[];
}

/** @returns the row that each hidden event's timeline got */
async function recordEnd(
  tx: Tx,
  tenantId: TenantId,
  { silences, events }: Summary,
  tellings: readonly Telling[],
  now: Date,
): Promise<Map<EventId, Change>> {
  const told = new Map<EventId, string[]>();
  for (const { reached, events: own } of tellings) {
    for (const { id } of own) told.set(id, [...(told.get(id) ?? []), reached.name]);
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

function asDeliveries(
  reached: Reached,
  events: readonly SummedEvent[],
  { silences, from }: Summary,
  changes: ReadonlyMap<EventId, Change>,
  options: DispatchOptions,
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
    baseUrl: options.baseUrl,
  });
  const notice = { kind: 'summary' as const, eventId: change.eventId, changeId: change.id, message };
  return deliverTo(reached, mostSevere(events.map(({ severity }) => severity)) ?? null, notice, options, now);
}
