/**
 * People correcting what belongs together. A merge moves all mails of one event into another; a split moves some,
 * with the later mails of their signals, into a new one. Both keep in the timeline what they moved, and can be undone.
 */
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { Conflict, Invalid, NotFound } from '../kernel/errors.ts';
import { isUuid, newId, type EventId, type MseId, type TenantId } from '../kernel/ids.ts';
import { lockForChange, type Act, type Doing } from './act.ts';
import { recordChanges } from './change.ts';
import { severityOf, type EventSignal } from './event.ts';
import { removeVerdict, saveVerdict } from './grouping/store.ts';
import { nextState } from './lifecycle.ts';
import { commonPath } from './org-path.ts';
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
  await pointSignals(tx, tenantId, signals, target);
  source.state = nextState(source.state, 'merge');
  await recount(tx, request, target);
  await updateEvents(tx, tenantId, [source, target], true);
  await setMergedInto(tx, tenantId, source.id, target.id);
  const moved: Moved = {
    other: source.id,
    otherNumber: source.number,
    mses,
    signals: signals.map(({ key }) => key),
  };
  const [change] = await recordChanges(tx, tenantId, [
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
  if (change) {
    const own = [...target.signals.keys()].filter((key) => !moved.signals.includes(key));
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'must', left: moved.signals, right: own });
  }
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
  tenantId: TenantId,
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

async function setMergedInto(tx: Tx, tenantId: TenantId, id: EventId, into: EventId | null): Promise<void> {
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
  await pointSignals(tx, tenantId, signals, created);
  await describeSplit(tx, request, created, source, title);
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  const kept: Moved = { other: created.id, otherNumber: created.number, mses: moved, signals: keys };
  const [change] = await recordChanges(tx, tenantId, [
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
  if (change) {
    const right = [...source.signals.keys()];
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'cannot', left: keys, right });
  }
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
  const wasSaid = await removeVerdict(tx, tenantId, changeId);
  if (row.what === 'split') return undoSplit(tx, request, changeId, moved);
  // A merge that no person had said: taking it back says that they do not belong together.
  return undoMerge(tx, request, changeId, moved, row.at, !wasSaid);
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
  keepsApart: boolean,
): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const [target, source] = await lockPair(tx, request, moved.other);
  source.state = nextState(source.state, 'unmerge');
  await moveMails(tx, tenantId, target.id, source.id, moved.mses);
  await moveMailsOfSignals(tx, tenantId, target.id, source.id, moved.signals, mergedAt);
  const signals = moved.signals.flatMap((key) => target.signals.get(key) ?? []);
  for (const { key } of signals) target.signals.delete(key);
  await pointSignals(tx, tenantId, signals, source);
  await recount(tx, request, source);
  await recount(tx, request, target);
  await updateEvents(tx, tenantId, [source, target], true);
  await setMergedInto(tx, tenantId, source.id, null);
  const [change] = await recordChanges(tx, tenantId, [
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
  if (change && keepsApart) {
    const right = [...target.signals.keys()];
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'cannot', left: moved.signals, right });
  }
  return source.id;
}

async function undoSplit(tx: Tx, request: Act, changeId: string, moved: Moved): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const [source, created] = await lockPair(tx, request, moved.other);
  requireNotMerged(created);
  await moveAllMails(tx, tenantId, created.id, source.id);
  await pointSignals(tx, tenantId, [...created.signals.values()], source);
  created.state = nextState(created.state, 'merge');
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  await setMergedInto(tx, tenantId, created.id, source.id);
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
