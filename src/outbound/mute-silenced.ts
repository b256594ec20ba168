/**
 * The stage of dispatch that keeps what silences mute: that an event opened, returned or got worse. Each event says so
 * once in its timeline. What a person does on purpose, such as giving an event to a colleague, goes through.
 */
import type { Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { findCovering, listActiveSilences, type ActiveSilence } from '../silences/covering.ts';
import { hide } from '../silences/hide.ts';
import { respondersIn, type AudienceFor } from './audience/audience.ts';
import { loadAudience } from './audience/load-audience.ts';
import type { PendingChange } from './pending-changes.ts';
import { isNews } from './news.ts';

/** @returns the changes that may be told */
export async function muteSilenced(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  now: Date,
): Promise<PendingChange[]> {
  const candidates = changes.filter(isNews);
  if (candidates.length === 0) return [...changes];
  const silences = await listActiveSilences(tx, tenantId, now, 'held');
  if (silences.length === 0) return [...changes];
  const covering = await findCovering(
    tx,
    tenantId,
    silences,
    candidates.map(({ eventId }) => eventId),
  );
  const muted = candidates.filter(({ eventId }) => covering.has(eventId));
  // What is over already, or noise, would not have been told: there is nothing to keep.
  const wouldBeTold = muted.filter(({ state, isNoise }) => state === 'open' && !isNoise);
  await keep(tx, tenantId, wouldBeTold, covering, now);
  const mutedIds = new Set(muted.map(({ changeId }) => changeId));
  return changes.filter(({ changeId }) => !mutedIds.has(changeId));
}

async function keep(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  covering: ReadonlyMap<EventId, ActiveSilence[]>,
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const audienceFor = await loadAudience(tx, tenantId);
  const byEvent = groupBy(changes, ({ eventId }) => eventId);
  const notices = new Map(
    [...byEvent].map(([id, ofEvent]) => [id, ofEvent.length * countResponders(audienceFor, ofEvent)]),
  );
  const kept = new Map([...covering].filter(([id]) => byEvent.has(id)));
  await hide(tx, tenantId, kept, notices, now);
}

function countResponders(audienceFor: AudienceFor, [change]: readonly PendingChange[]): number {
  return change ? respondersIn(audienceFor(change.org, change.severity)).length : 0;
}
