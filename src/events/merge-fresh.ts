/** Merging by itself: what grouping opened as two moments ago, and turned out to be one incident. */
import { SYSTEM } from '../accounts/role.ts';
import type { Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { recordChanges, type NewChange } from './change.ts';
import { severityOf } from './event.ts';
import { nextState } from './lifecycle.ts';
import { moveMailsOfEvents } from './membership.ts';
import { setMergedInto, type Moved } from './moved.ts';
import { commonPath } from './org-path.ts';
import {
  lockEvents,
  lockEventsForPlacing,
  saveSignals,
  updateEvents,
  type LoadedEvent,
  type PlacedSignal,
} from './store.ts';

export interface FreshMerge {
  from: EventId;
  into: EventId;
  at: Date;
  why: string;
}

/**
 * Merges events that nobody has touched; in sets, because the first minutes of a storm may bring dozens. Counts are
 * added up, not counted: the mails of the running batch are placed but not stored yet.
 * @param merges each event is merged once at the most, and into one that is not merged itself
 * @param placed where the mails of the batch are so far
 * @returns what was merged, and into what; events that are no longer open are left alone
 */
export async function mergeFreshEvents(
  tx: Tx,
  tenantId: TenantId,
  merges: readonly FreshMerge[],
  placed: ReadonlyMap<MseId, EventId>,
): Promise<Map<EventId, EventId>> {
  if (merges.length === 0) return new Map();
  const pairs = await loadPairs(tx, tenantId, merges);
  const moves = pairs.map(({ from, into }) => ({ from: from.id, into: into.id }));
  const stored = await moveMailsOfEvents(tx, tenantId, moves);
  const placedOf = groupBy([...placed], ([, event]) => event);
  const signals: PlacedSignal[] = [];
  const changes: NewChange[] = [];
  for (const { from, into, at, why } of pairs) {
    for (const signal of from.signals.values()) signals.push({ ...signal, eventId: into.id });
    const justPlaced = (placedOf.get(from.id) ?? []).map(([mail]) => mail);
    const mses = [...(stored.get(from.id) ?? []), ...justPlaced];
    absorb(into, from);
    changes.push(...describe(from, into, mses, at, why));
  }
  await saveSignals(tx, tenantId, signals);
  const touched = new Set(pairs.flatMap(({ from, into }) => [from, into]));
  await updateEvents(tx, tenantId, [...touched], false);
  await setMergedInto(tx, tenantId, moves);
  await recordChanges(tx, tenantId, changes);
  return new Map(moves.map(({ from, into }) => [from, into]));
}

interface Pair {
  from: LoadedEvent;
  into: LoadedEvent;
  at: Date;
  why: string;
}

/** Of those that stay only the severities are read: they may be storms. */
async function loadPairs(tx: Tx, tenantId: TenantId, merges: readonly FreshMerge[]): Promise<Pair[]> {
  const sources = await lockEvents(
    tx,
    tenantId,
    merges.map(({ from }) => from),
  );
  const targets = await lockEventsForPlacing(
    tx,
    tenantId,
    merges.map(({ into }) => into),
    [],
  );
  const loaded = new Map([...sources, ...targets].map((event) => [event.id, event]));
  return merges.flatMap(({ from: fromId, into: intoId, at, why }) => {
    const from = loaded.get(fromId);
    const into = loaded.get(intoId);
    return from?.state === 'open' && into?.state === 'open' ? [{ from, into, at, why }] : [];
  });
}

function absorb(into: LoadedEvent, from: LoadedEvent): void {
  from.state = nextState(from.state, 'merge');
  for (const signal of from.signals.values()) into.signals.set(signal.key, signal);
  into.isStorm ||= from.isStorm;
  into.mseCount += from.mseCount;
  into.servers = [...new Set([...into.servers, ...from.servers])];
  into.org = into.org && from.org ? (commonPath(into.org, from.org) ?? into.org) : (into.org ?? from.org);
  into.severity = severityOf(into.signals.values(), into.severity, into.otherOpen);
  if (from.lastMseAt && (!into.lastMseAt || from.lastMseAt > into.lastMseAt)) into.lastMseAt = from.lastMseAt;
}

function describe(from: LoadedEvent, into: LoadedEvent, mses: MseId[], at: Date, why: string): NewChange[] {
  const signals = [...from.signals.keys()];
  const moved: Moved = { other: from.id, otherNumber: from.number, mses, signals };
  const change = { at, actor: SYSTEM, what: 'merged' as const };
  return [
    { ...change, eventId: into.id, detail: { ...moved }, why: `#${from.number} merged into this: ${why}` },
    { ...change, eventId: from.id, detail: { into: into.id }, why: `merged into #${into.number}: ${why}` },
  ];
}
