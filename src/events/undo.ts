/** Taking a merge or a split back, by what the timeline kept of it. */
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { Conflict, NotFound } from '../kernel/errors.ts';
import { isUuid, type EventId } from '../kernel/ids.ts';
import type { Act } from './act.ts';
import { removeVerdict, saveVerdict } from './grouping/store.ts';
import { nextState } from './lifecycle.ts';
import { moveAllMails, moveMails, moveMailsOfSignals } from './membership.ts';
import {
  lockPair,
  pointSignals,
  recount,
  requireNotMerged,
  setMergedInto,
  tellBoth,
  type Moved,
} from './moved.ts';
import { updateEvents } from './store.ts';

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
  const { tenantId } = request;
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
  await setMergedInto(tx, tenantId, [{ from: source.id, into: null }]);
  const change = await tellBoth(tx, request, 'merge undone', [
    { of: target, detail: { undoes: changeId }, why: `#${source.number} is an event of its own again` },
    { of: source, why: `taken out of #${target.number}` },
  ]);
  if (change && keepsApart) {
    const right = [...target.signals.keys()];
    await saveVerdict(tx, tenantId, { id: change.id, kind: 'cannot', left: moved.signals, right });
  }
  return source.id;
}

async function undoSplit(tx: Tx, request: Act, changeId: string, moved: Moved): Promise<EventId> {
  const { tenantId } = request;
  const [source, created] = await lockPair(tx, request, moved.other);
  requireNotMerged(created);
  await moveAllMails(tx, tenantId, created.id, source.id);
  await pointSignals(tx, tenantId, [...created.signals.values()], source);
  created.state = nextState(created.state, 'merge');
  await recount(tx, request, source);
  await updateEvents(tx, tenantId, [source, created], true);
  await setMergedInto(tx, tenantId, [{ from: created.id, into: source.id }]);
  await tellBoth(tx, request, 'split undone', [
    { of: source, detail: { undoes: changeId }, why: `the mails of #${created.number} are back` },
    { of: created, detail: { into: source.id }, why: `back in #${source.number}` },
  ]);
  return source.id;
}
