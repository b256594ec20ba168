/** Whoever leaves the tenant has its events no longer: else they would look taken, and nobody would be told. */
import { rows, type Tx } from '../db/transaction.ts';
import type { EventId, UserId } from '../kernel/ids.ts';
import { writeChanges, type Doing } from './act.ts';
import { lockEvents } from './store.ts';

export async function giveUpEventsOf(
  tx: Tx,
  doing: Doing,
  { id, name }: { id: UserId; name: string },
): Promise<void> {
  const found = await rows<{ id: EventId }>(
    tx,
    `select id from events where tenant_id = $1 and state = 'open' and assignee_id = $2`,
    [doing.tenantId, id],
  );
  const events = await lockEvents(
    tx,
    doing.tenantId,
    found.map((event) => event.id),
  );
  const change = { what: 'unassigned', detail: { formerly: id }, why: `${name} has left` } as const;
  const given = events.filter(({ state, assigneeId }) => state === 'open' && assigneeId === id);
  for (const event of given) {
    event.assigneeId = null;
    event.assignedAt = null;
  }
  await writeChanges(
    tx,
    doing,
    given.map((event) => ({ event, change })),
  );
}
