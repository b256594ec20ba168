/** Merging by itself: what grouping opened as two moments ago, and turned out to be one incident. */
import type { Tx } from '../db/transaction.ts';
import type { EventId, MseId } from '../kernel/ids.ts';
import type { Doing } from './act.ts';
import { recordChanges } from './change.ts';
import { severityOf } from './event.ts';
import { nextState } from './lifecycle.ts';
import { moveAllMails } from './membership.ts';
import { pointSignals, setMergedInto, type Moved } from './moved.ts';
import { commonPath } from './org-path.ts';
import { lockEvents, updateEvents } from './store.ts';

/**
 * Merges two events that grouping opened moments ago and that nobody has touched. Counts are added up, not counted: the
 * mails of the running batch are placed but not stored yet.
 * @param placed mails of the batch that belong to the first
 * @returns false when they are no longer fresh
 */
export async function mergeFreshEvents(
  tx: Tx,
  { tenantId, actor, now }: Doing,
  fromId: EventId,
  intoId: EventId,
  placed: readonly MseId[],
  why: string,
): Promise<boolean> {
  const locked = await lockEvents(tx, tenantId, [fromId, intoId]);
  const from = locked.find(({ id }) => id === fromId);
  const into = locked.find(({ id }) => id === intoId);
  if (from?.state !== 'open' || into?.state !== 'open') return false;
  const stored = await moveAllMails(tx, tenantId, from.id, into.id);
  const signals = [...from.signals.values()];
  await pointSignals(tx, tenantId, signals, into);
  from.state = nextState(from.state, 'merge');
  into.mseCount += from.mseCount;
  into.servers = [...new Set([...into.servers, ...from.servers])];
  into.org = into.org && from.org ? (commonPath(into.org, from.org) ?? into.org) : (into.org ?? from.org);
  into.severity = severityOf(into.signals.values(), into.severity);
  if (from.lastMseAt && (!into.lastMseAt || from.lastMseAt > into.lastMseAt)) into.lastMseAt = from.lastMseAt;
  await updateEvents(tx, tenantId, [from, into], false);
  await setMergedInto(tx, tenantId, from.id, into.id);
  const moved: Moved = {
    other: from.id,
    otherNumber: from.number,
    mses: [...stored, ...placed],
    signals: signals.map(({ key }) => key),
  };
  const at = { at: now, actor, what: 'merged' as const };
  await recordChanges(tx, tenantId, [
    { ...at, eventId: into.id, detail: { ...moved }, why: `#${from.number} merged into this: ${why}` },
    { ...at, eventId: from.id, detail: { into: into.id }, why: `merged into #${into.number}: ${why}` },
  ]);
  return true;
}
