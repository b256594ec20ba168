/** Stage: every mail gets its event. Loads the events of a batch's signals, places mail by mail, writes sets. */
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import type { Tx } from '../db/transaction.ts';
import { recordChanges } from './change.ts';
import { rememberOrgs } from './orgs.ts';
import { Board, placeMail, type Policy, type SignalledMail } from './place-mail.ts';
import { insertEvents, lockEventsOfSignals, saveSignals, takeEventNumbers, updateEvents } from './store.ts';

/**
 * @param mails in arrival order
 * @param tells false for imported history
 * @returns the event of each mail
 */
export async function joinMails(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly SignalledMail[],
  policy: Policy,
  tells: boolean,
  now: Date,
): Promise<Map<MseId, EventId>> {
  const keys = [...new Set(mails.map(({ signal }) => signal.key))];
  const board = new Board(policy, await lockEventsOfSignals(tx, tenantId, keys));
  const placed = new Map(mails.map((mail) => [mail.id, placeMail(board, mail)]));
  await write(tx, tenantId, board, tells, now);
  return placed;
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
  await saveSignals(tx, tenantId, [...board.pointed.values()]);
  await rememberOrgs(
    tx,
    tenantId,
    touched.map(({ org }) => org),
    now,
  );
  await recordChanges(tx, tenantId, board.changes, tells);
}
