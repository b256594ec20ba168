/** Which silences that are on cover which events: what dispatch, lists and pages ask. */
import type { Tx } from '../db/transaction.ts';
import { latest } from '../kernel/clock.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { covers } from './covers.ts';
import { loadEventFacts } from './event-facts.ts';
import type { Silence, Window } from './silence.ts';
import { listLiveSilences } from './store.ts';
import { windowAt } from './windows.ts';

export interface ActiveSilence {
  silence: Silence;
  window: Window;
}

/** @param how `held` for who hides events by them: nobody may change them meanwhile */
export async function listActiveSilences(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
  how: 'held' | 'looked at' = 'looked at',
): Promise<ActiveSilence[]> {
  const live = await listLiveSilences(tx, tenantId, now, how === 'held');
  return live.flatMap((silence) => {
    const window = windowAt(silence, now);
    return window ? [{ silence, window }] : [];
  });
}

/** Only events that are covered are in the answer. */
export async function findCovering(
  tx: Tx,
  tenantId: TenantId,
  active: readonly ActiveSilence[],
  eventIds: readonly EventId[],
): Promise<Map<EventId, ActiveSilence[]>> {
  if (active.length === 0) return new Map();
  const facts = await loadEventFacts(
    tx,
    tenantId,
    [...new Set(eventIds)],
    active.map(({ silence }) => silence),
  );
  const found = new Map<EventId, ActiveSilence[]>();
  for (const event of facts.values()) {
    const covering = active.filter(({ silence }) => covers(silence, event));
    if (covering.length > 0) found.set(event.id, covering);
  }
  return found;
}

/** Until when nobody is told of an event; only those that a silence covers are in the answer. */
export async function findSilencedUntil(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  now: Date,
): Promise<Map<EventId, Date>> {
  const active = await listActiveSilences(tx, tenantId, now);
  const covering = await findCovering(tx, tenantId, active, eventIds);
  return new Map([...covering].map(([id, silences]) => [id, lastEnd(silences)]));
}

/** When the silences end that would cover whatever happens on a path; those of servers, schedules and rules ask for more. */
export async function findSilencesOf(
  tx: Tx,
  tenantId: TenantId,
  org: string | null,
  now: Date,
): Promise<Date[]> {
  const anything = { org, servers: [], streamId: null, ruleIds: [] };
  const active = await listActiveSilences(tx, tenantId, now);
  return active.filter(({ silence }) => covers(silence, anything)).map(({ window }) => window.to);
}

export function lastEnd(active: readonly ActiveSilence[]): Date {
  return latest(...active.map(({ window }) => window.to));
}
