/**
 * People correcting what belongs together. A merge moves all mails of one event into another; a split moves some,
 * with the later mails of their signals, into a new one. Both keep in the timeline what they moved, and can be undone.
 */
import type { Tx } from '../db/transaction.ts';
import { Conflict, Invalid } from '../kernel/errors.ts';
import { newId, type EventId } from '../kernel/ids.ts';
import { lockForChange, type Act } from './act.ts';
import { severityOf, UNTOUCHED } from './event.ts';
import { saveVerdict } from './grouping/store.ts';
import { nextState } from './lifecycle.ts';
import { moveAllMails, moveMails, summariseMails } from './membership.ts';
import {
  lockPair,
  pointSignals,
  recount,
  requireNotMerged,
  setMergedInto,
  tellBoth,
  type Moved,
} from './moved.ts';
import { insertEvents, takeEventNumbers, updateEvents, type LoadedEvent } from './store.ts';

/** Merges the request's event into another. @returns the event that has the mails now */
export async function mergeInto(tx: Tx, request: Act, intoId: string): Promise<EventId> {
  const { tenantId } = request;
  const [source, target] = await lockPair(tx, request, intoId);
  requireMergeable(source, target);
  const mses = await moveAllMails(tx, tenantId, source.id, target.id);
  const signals = [...source.signals.values()];
  await pointSignals(tx, tenantId, signals, target);
  source.state = nextState(source.state, 'merge');
  await recount(tx, request, target);
  await updateEvents(tx, tenantId, [source, target], true);
  await setMergedInto(tx, tenantId, [{ from: source.id, into: target.id }]);
  const moved: Moved = {
    other: source.id,
    otherNumber: source.number,
    mses,
    signals: signals.map(({ key }) => key),
  };
  const change = await tellBoth(tx, request, 'merged', [
    { of: target, detail: { ...moved }, why: `#${source.number} merged into this` },
    { of: source, detail: { into: target.id }, why: `merged into #${target.number}` },
  ]);
  if (change) {
    const own = [...target.signals.keys()].filter((key) => !moved.signals.includes(key));
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'must', left: moved.signals, right: own });
  }
  return target.id;
}

function requireMergeable(source: LoadedEvent, target: LoadedEvent): void {
  if (source.kind !== 'FAILED' || target.kind !== 'FAILED') {
    throw new Conflict(
      'Only events of mails can be merged: the verdict on a schedule stands for itself.',
      'not-mergeable',
    );
  }
  if (target.state !== 'open') {
    throw new Conflict(`Event #${target.number} is ${target.state}. Reopen it first.`, 'not-possible-now');
  }
}

/** Moves mails of the request's event into a new one. @returns the new event */
export async function splitOff(
  tx: Tx,
  request: Act,
  mseIds: readonly string[],
  title: (subject: string) => string,
): Promise<EventId> {
  const { tenantId } = request;
  const source = await lockForChange(tx, tenantId, request.eventId, request.version);
  requireNotMerged(source);
  const wanted = [...new Set(mseIds)];
  if (wanted.length === 0) throw new Invalid([{ field: 'mses', message: 'Choose the mails to split off.' }]);
  if (wanted.length >= source.mseCount) {
    throw new Invalid([{ field: 'mses', message: 'Leave at least one mail: all of them are the event.' }]);
  }
  const created = await insertSplit(tx, request, source);
  const moved = await moveMails(tx, tenantId, source.id, created.id, wanted);
  if (moved.length < wanted.length) {
    throw new Invalid([{ field: 'mses', message: 'Some of these mails do not belong to this event.' }]);
  }
  const keys = (await summariseMails(tx, tenantId, created.id)).signals;
  const signals = keys.flatMap((key) => source.signals.get(key) ?? []);
  for (const key of keys) source.signals.delete(key);
  await pointSignals(tx, tenantId, signals, created);
  await describeSplit(tx, request, created, source, title);
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  const kept: Moved = { other: created.id, otherNumber: created.number, mses: moved, signals: keys };
  const change = await tellBoth(tx, request, 'split', [
    { of: source, detail: { ...kept }, why: `${moved.length} mail(s) split off to #${created.number}` },
    { of: created, detail: { from: source.id }, why: `split off #${source.number}` },
  ]);
  if (change) {
    const right = [...source.signals.keys()];
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'cannot', left: keys, right });
  }
  return created.id;
}

async function insertSplit(tx: Tx, { tenantId, now }: Act, source: LoadedEvent): Promise<LoadedEvent> {
  const number = await takeEventNumbers(tx, tenantId, 1);
  const created: LoadedEvent = {
    ...source,
    id: newId<EventId>(now),
    number,
    state: 'open',
    isStorm: false,
    createdAt: now,
    ...UNTOUCHED,
    signals: new Map(),
    otherOpen: [],
  };
  await insertEvents(tx, tenantId, [created]);
  return created;
}

async function describeSplit(
  tx: Tx,
  request: Act,
  created: LoadedEvent,
  source: LoadedEvent,
  title: (subject: string) => string,
): Promise<void> {
  await recount(tx, request, created);
  const { first } = await summariseMails(tx, request.tenantId, created.id);
  created.title = first ? title(first.subject) : source.title;
  created.severity = severityOf(created.signals.values(), first?.severity ?? source.severity);
}
