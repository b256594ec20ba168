/**
 * People correcting what belongs together. A merge moves all mails of one event into another; a split moves some,
 * with the later mails of their signals, into a new one. Both keep in the timeline what they moved, and can be undone.
 */
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { Conflict, Invalid, NotFound } from '../kernel/errors.ts';
import { isUuid, newId, type EventId } from '../kernel/ids.ts';
import { lockForChange, type Act } from './act.ts';
import { recordChanges } from './change.ts';
import { severityOf, type EventSignal } from './event.ts';
import { nextState } from './lifecycle.ts';
import { moveAllMails, moveMails, moveMailsOfSignals, summariseMails } from './membership.ts';
import {
  insertEvents,
  lockEvents,
  saveSignals,
  takeEventNumbers,
  updateEvents,
  type LoadedEvent,
} from './store.ts';

/** What an undo needs to know; kept with the change. */
interface Moved {
  /** The event the mails came from (merge) or went to (split). */
  other: EventId;
  otherNumber: number;
  mses: string[];
  signals: string[];
}

/** Merges the request's event into another. @returns the event that has the mails now */
export async function mergeInto(tx: Tx, request: Act, intoId: string): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const [source, target] = await lockPair(tx, request, intoId);
  requireMergeable(source, target);
  const mses = await moveAllMails(tx, tenantId, source.id, target.id);
  const signals = [...source.signals.values()];
  await pointSignals(tx, request, signals, target);
  source.state = nextState(source.state, 'merge');
  await recount(tx, request, target);
  await updateEvents(tx, tenantId, [source, target], true);
  await setMergedInto(tx, request, source.id, target.id);
  const moved: Moved = {
    other: source.id,
    otherNumber: source.number,
    mses,
    signals: signals.map(({ key }) => key),
  };
  await recordChanges(tx, tenantId, [
    {
      eventId: target.id,
      at: now,
      actor,
      what: 'merged',
      detail: { ...moved },
      why: `#${source.number} merged into this`,
    },
    {
      eventId: source.id,
      at: now,
      actor,
      what: 'merged',
      detail: { into: target.id },
      why: `merged into #${target.number}`,
    },
  ]);
  return target.id;
}

/** Both events in the order of their ids, so that two opposite merges cannot wait for each other. */
async function lockPair(tx: Tx, request: Act, otherId: string): Promise<[LoadedEvent, LoadedEvent]> {
  if (otherId === request.eventId) throw new Invalid([{ field: 'into', message: 'Give another event.' }]);
  const locked = await lockEvents(tx, request.tenantId, [request.eventId, otherId]);
  const other = locked.find(({ id }) => id === otherId);
  const own = await lockForChange(tx, request.tenantId, request.eventId, request.version);
  if (!other) throw new Invalid([{ field: 'into', message: 'There is no such event.' }]);
  return [own, other];
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

async function pointSignals(
  tx: Tx,
  { tenantId }: Act,
  signals: EventSignal[],
  event: LoadedEvent,
): Promise<void> {
  await saveSignals(
    tx,
    tenantId,
    signals.map((signal) => ({ ...signal, eventId: event.id })),
  );
  for (const signal of signals) event.signals.set(signal.key, signal);
}

/** Head data of an event after its mails have changed. */
async function recount(tx: Tx, { tenantId }: Act, event: LoadedEvent): Promise<void> {
  const mails = await summariseMails(tx, tenantId, event.id);
  event.mseCount = mails.count;
  event.lastMseAt = mails.lastAt;
  event.org = mails.org ?? event.org;
  event.servers = mails.servers;
  event.severity = severityOf(event.signals.values(), event.severity);
  if (mails.first && mails.first.at < event.createdAt) event.createdAt = mails.first.at;
}

async function setMergedInto(tx: Tx, { tenantId }: Act, id: EventId, into: EventId | null): Promise<void> {
  await tx.query('update events set merged_into = $3 where tenant_id = $1 and id = $2', [tenantId, id, into]);
}

/** Moves mails of the request's event into a new one. @returns the new event */
export async function splitOff(
  tx: Tx,
  request: Act,
  mseIds: readonly string[],
  title: (subject: string) => string,
): Promise<EventId> {
  const { tenantId, actor, now } = request;
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
  await pointSignals(tx, request, signals, created);
  await describeSplit(tx, request, created, source, title);
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  const kept: Moved = { other: created.id, otherNumber: created.number, mses: moved, signals: keys };
  await recordChanges(tx, tenantId, [
    {
      eventId: source.id,
      at: now,
      actor,
      what: 'split',
      detail: { ...kept },
      why: `${moved.length} mail(s) split off to #${created.number}`,
    },
    {
      eventId: created.id,
      at: now,
      actor,
      what: 'split',
      detail: { from: source.id },
      why: `split off #${source.number}`,
    },
  ]);
  return created.id;
}

function requireNotMerged({ state, number }: LoadedEvent): void {
  if (state !== 'merged') return;
  throw new Conflict(`#${number} was merged into another event. Undo that merge first.`, 'not-possible-now');
}

async function insertSplit(tx: Tx, { tenantId, now }: Act, source: LoadedEvent): Promise<LoadedEvent> {
  const number = await takeEventNumbers(tx, tenantId, 1);
  const created: LoadedEvent = {
    ...source,
    id: newId<EventId>(now),
    number,
    state: 'open',
    createdAt: now,
    assigneeId: null,
    assignedAt: null,
    completedAt: null,
    completedBy: null,
    completionNote: null,
    snoozedUntil: null,
    signals: new Map(),
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

interface UndoableRow {
  what: string;
  at: Date;
  detail: Partial<Moved>;
}

/** Takes a merge or split back, by the row that the event kept of it. @returns the event that is there again, or whole again */
export async function undo(tx: Tx, request: Act, changeId: string): Promise<EventId> {
  const { tenantId } = request;
  const row = isUuid(changeId)
    ? await oneRow<UndoableRow>(
        tx,
        `select what, at, detail from changes where tenant_id = $1 and event_id = $2 and id = $3`,
        [tenantId, request.eventId, changeId],
      )
    : undefined;
  if (!row) throw new NotFound('change of this event');
  const { other, mses, signals } = row.detail;
  if (!other || !mses || !signals || !(row.what === 'merged' || row.what === 'split')) {
    throw new Conflict(
      'Only a merge or a split can be undone, by the event that kept the mails.',
      'not-undoable',
    );
  }
  await requireNotUndone(tx, request, changeId);
  const moved: Moved = { other, otherNumber: row.detail.otherNumber ?? 0, mses, signals };
  return row.what === 'merged'
    ? undoMerge(tx, request, changeId, moved, row.at)
    : undoSplit(tx, request, changeId, moved);
}

async function requireNotUndone(tx: Tx, { tenantId, eventId }: Act, changeId: string): Promise<void> {
  const undone = await rows(
    tx,
    `select 1 from changes where tenant_id = $1 and event_id = $2 and detail ->> 'undoes' = $3`,
    [tenantId, eventId, changeId],
  );
  if (undone.length > 0) throw new Conflict('This has been undone already.', 'already-undone');
}

async function undoMerge(
  tx: Tx,
  request: Act,
  changeId: string,
  moved: Moved,
  mergedAt: Date,
): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const [target, source] = await lockPair(tx, request, moved.other);
  source.state = nextState(source.state, 'unmerge');
  await moveMails(tx, tenantId, target.id, source.id, moved.mses);
  await moveMailsOfSignals(tx, tenantId, target.id, source.id, moved.signals, mergedAt);
  const signals = moved.signals.flatMap((key) => target.signals.get(key) ?? []);
  for (const { key } of signals) target.signals.delete(key);
  await pointSignals(tx, request, signals, source);
  await recount(tx, request, source);
  await recount(tx, request, target);
  await updateEvents(tx, tenantId, [source, target], true);
  await setMergedInto(tx, request, source.id, null);
  await recordChanges(tx, tenantId, [
    {
      eventId: target.id,
      at: now,
      actor,
      what: 'merge undone',
      detail: { undoes: changeId },
      why: `#${source.number} is an event of its own again`,
    },
    {
      eventId: source.id,
      at: now,
      actor,
      what: 'merge undone',
      why: `taken out of #${target.number}`,
    },
  ]);
  return source.id;
}

async function undoSplit(tx: Tx, request: Act, changeId: string, moved: Moved): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const [source, created] = await lockPair(tx, request, moved.other);
  requireNotMerged(created);
  await moveAllMails(tx, tenantId, created.id, source.id);
  await pointSignals(tx, request, [...created.signals.values()], source);
  created.state = nextState(created.state, 'merge');
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  await setMergedInto(tx, request, created.id, source.id);
  await recordChanges(tx, tenantId, [
    {
      eventId: source.id,
      at: now,
      actor,
      what: 'split undone',
      detail: { undoes: changeId },
      why: `the mails of #${created.number} are back`,
    },
    {
      eventId: created.id,
      at: now,
      actor,
      what: 'split undone',
      detail: { into: source.id },
      why: `back in #${source.number}`,
    },
  ]);
  return source.id;
}
