/**
 * Stage: every mail gets its event. Locks the events that the batch may concern, places mail by mail, writes sets.
 */
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { Board, type Policy } from './board.ts';
import { recordChanges } from './change.ts';
import type { Grouping } from './grouping/grouping.ts';
import { mergeFreshEvents } from './merge-fresh.ts';
import { rememberOrgs } from './orgs.ts';
import { placeMail } from './place-mail.ts';
import { isTrouble, sightingOf, type SignalledMail } from './signalled-mail.ts';
import {
  closeSignals,
  findEventsOfSignals,
  insertEvents,
  lockEventsForPlacing,
  saveSignals,
  takeEventNumbers,
  updateEvents,
} from './store.ts';

/**
 * @param mails in arrival order
 * @param tells false for imported history
 * @returns the event of each mail
 */
export async function joinMails(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly SignalledMail[],
  grouping: Grouping,
  policy: Policy,
  tells: boolean,
  now: Date,
): Promise<Map<MseId, EventId>> {
  if (mails.length === 0) return new Map();
  const keys = [...new Set(mails.map(({ signal }) => signal.key))];
  const ids = await findConcerned(tx, tenantId, mails, keys, grouping);
  const board = new Board(policy, grouping, await lockEventsForPlacing(tx, tenantId, [...ids], keys));
  const placed = new Map(mails.map((mail) => [mail.id, placeMail(board, mail)]));
  nameFirstCauses(board);
  await write(tx, tenantId, board, tells, now);
  return mergeSame(tx, tenantId, board, placed, now);
}

/** So often candidates that turned out to be closed make room for others: as many as were ever completed at once. */
const MOST_ROUNDS = 5;

/**
 * The events that a batch may concern: those of its signals, and for new troubles those they may be joined to. What
 * people completed or merged meanwhile takes nothing in any more; only what is concerned is asked about, not all that
 * is open.
 */
async function findConcerned(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly SignalledMail[],
  keys: readonly string[],
  grouping: Grouping,
): Promise<Set<EventId>> {
  const current = await findEventsOfSignals(tx, tenantId, keys);
  for (let round = 1; ; round += 1) {
    const strangers = mails.filter(
      (mail) => isTrouble(mail) && !grouping.isActive(current.get(mail.signal.key)),
    );
    const candidates = strangers.flatMap((mail) => grouping.candidates(sightingOf(mail)));
    const ids = new Set([...current.values(), ...candidates]);
    const active = [...ids].filter((id) => grouping.isActive(id));
    const closed = active.length > 0 ? await findClosed(tx, tenantId, active) : [];
    for (const id of closed) grouping.retire(id);
    if (closed.length === 0 || round === MOST_ROUNDS) return ids;
  }
}

async function findClosed(tx: Tx, tenantId: TenantId, ids: readonly EventId[]): Promise<EventId[]> {
  const closed = await rows<{ id: EventId }>(
    tx,
    `select id from events where tenant_id = $1 and id = any($2::uuid[]) and state <> 'open'`,
    [tenantId, ids],
  );
  return closed.map(({ id }) => id);
}

/** The title tells people where to look first; who has begun to work on it knows it by its present one. */
function nameFirstCauses(board: Board): void {
  for (const id of board.grown) {
    const event = board.events.get(id);
    const cause = board.grouping.firstCause(id);
    if (!event || !cause || event.title === cause.title || event.assigneeId) continue;
    const detail = { from: event.title, to: cause.title };
    event.title = cause.title;
    board.record(event, {
      at: event.lastMseAt ?? event.createdAt,
      what: 'first cause',
      detail,
      why: cause.why,
    });
  }
}

async function write(tx: Tx, tenantId: TenantId, board: Board, tells: boolean, now: Date): Promise<void> {
  const touched = [...board.touched].flatMap((id) => board.events.get(id) ?? []);
  const created = touched.filter(({ id }) => board.created.has(id));
  if (created.length > 0) {
    const first = await takeEventNumbers(tx, tenantId, created.length);
    created.forEach((event, index) => (event.number = first + index));
  }
  await insertEvents(tx, tenantId, created);
  await updateEvents(
    tx,
    tenantId,
    touched.filter(({ id }) => !board.created.has(id)),
    false,
  );
  await closeSignals(tx, tenantId, [...board.closed]);
  await saveSignals(tx, tenantId, [...board.pointed.values()]);
  await rememberOrgs(
    tx,
    tenantId,
    touched.map(({ org }) => org),
    now,
  );
  await recordChanges(tx, tenantId, board.changes, tells);
}

/** Merges come last: until here both events were whole. */
async function mergeSame(
  tx: Tx,
  tenantId: TenantId,
  board: Board,
  placed: Map<MseId, EventId>,
  now: Date,
): Promise<Map<MseId, EventId>> {
  const merges = board.merges.map(({ from, into, why }) => ({
    from: from.id,
    into: into.id,
    at: into.lastMseAt ?? now,
    why,
  }));
  const merged = await mergeFreshEvents(tx, tenantId, merges, placed);
  for (const [mail, event] of placed) placed.set(mail, merged.get(event) ?? event);
  return placed;
}
