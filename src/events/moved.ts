/** What merging, splitting and undoing share: two events locked, signals pointed anew, heads counted anew. */
import { affected, type Tx } from '../db/transaction.ts';
import { Conflict, Invalid } from '../kernel/errors.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { lockForChange, type Act, type Doing } from './act.ts';
import { recordChanges, type Change, type NewChange } from './change.ts';
import { severityOf, type EventSignal } from './event.ts';
import { summariseMails } from './membership.ts';
import { lockEvents, saveSignals, type LoadedEvent } from './store.ts';

/** What an undo needs to know; kept with the change. */
export interface Moved {
  /** The event the mails came from (merge) or went to (split). */
  other: EventId;
  otherNumber: number;
  mses: string[];
  signals: string[];
}

/** Both events in the order of their ids, so that two opposite merges cannot wait for each other. */
export async function lockPair(tx: Tx, request: Act, otherId: string): Promise<[LoadedEvent, LoadedEvent]> {
  if (otherId === request.eventId) throw new Invalid([{ field: 'into', message: 'Give another event.' }]);
  const locked = await lockEvents(tx, request.tenantId, [request.eventId, otherId]);
  const other = locked.find(({ id }) => id === otherId);
  const own = await lockForChange(tx, request.tenantId, request.eventId, request.version);
  if (!other) throw new Invalid([{ field: 'into', message: 'There is no such event.' }]);
  return [own, other];
}

export function requireNotMerged({ state, number }: LoadedEvent): void {
  if (state !== 'merged') return;
  throw new Conflict(`#${number} was merged into another event. Undo that merge first.`, 'not-possible-now');
}

export async function pointSignals(
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
export async function recount(tx: Tx, { tenantId }: Act, event: LoadedEvent): Promise<void> {
  const mails = await summariseMails(tx, tenantId, event.id);
  event.mseCount = mails.count;
  event.lastMseAt = mails.lastAt;
  event.org = mails.org ?? event.org;
  event.servers = mails.servers;
  event.severity = severityOf(event.signals.values(), event.severity);
  if (mails.first && mails.first.at < event.createdAt) event.createdAt = mails.first.at;
}

/** Which event has the mails of one that was merged; null when it is one of its own again. */
export async function setMergedInto(
  tx: Tx,
  tenantId: TenantId,
  moves: readonly { from: EventId; into: EventId | null }[],
): Promise<void> {
  await affected(
    tx,
    `update events set merged_into = m."into" from json_to_recordset($2) as m ("from" uuid, "into" uuid)
     where events.tenant_id = $1 and events.id = m."from"`,
    [tenantId, JSON.stringify(moves)],
  );
}

/** A row in the timelines of both events. @returns that of the first: what an undo goes by */
export async function tellBoth(
  tx: Tx,
  { tenantId, actor, now }: Doing,
  what: NewChange['what'],
  rowsOfBoth: readonly [RowOf, RowOf],
): Promise<Change | undefined> {
  const [first] = await recordChanges(
    tx,
    tenantId,
    rowsOfBoth.map(({ of, ...row }) => ({ eventId: of.id, at: now, actor, what, ...row })),
  );
  return first;
}

type RowOf = { of: LoadedEvent } & Pick<NewChange, 'detail' | 'why'>;
