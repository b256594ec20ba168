/**
 * The stage of dispatch for whoever has an event: told when they are given one, and when it is taken from them. Nobody is
 * told what they did themselves.
 */
import type { Tx } from '../db/transaction.ts';
import type { TenantId, UserId } from '../kernel/ids.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { addDeliveries, type NewDelivery } from './deliveries.ts';
import type { Addresses } from './addresses.ts';
import type { PendingChange } from './pending-changes.ts';
import { wordAssignment } from './wording/assignment.ts';
import { wordHandOver } from './wording/hand-over.ts';

export async function tellHolders(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  addresses: Addresses,
  now: Date,
): Promise<void> {
  const moves = changes
    .filter(({ what }) => what === 'assigned' || what === 'unassigned')
    .map((change) => ({ change, to: change.assigneeId, from: formerHolder(change) }));
  const people = moves.flatMap(({ to, from }) => [to, from]).filter((id) => id !== null);
  const known = await reach(
    tx,
    tenantId,
    people.map((userId) => ({ userId, channelId: null })),
  );
  const deliveries = moves.flatMap(({ change, to, from }): NewDelivery[] => {
    const receiver = to && to !== change.actorId ? known.get(to) : undefined;
    const giver = from && from !== change.actorId && from !== to ? known.get(from) : undefined;
    const present = to ? (known.get(to)?.name ?? null) : null;
    return [
      ...(receiver ? asAssignments(receiver, change, addresses, now) : []),
      ...(giver ? asHandOvers(giver, present, change, addresses, now) : []),
    ];
  });
  await addDeliveries(tx, tenantId, deliveries, now);
}

function formerHolder({ detail }: PendingChange): UserId | null {
  const { formerly } = detail;
  return typeof formerly === 'string' ? (formerly as UserId) : null;
}

function asAssignments(
  assignee: Reached,
  change: PendingChange,
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const { changeId, eventId, severity, who: assignedBy } = change;
  const { name: assigneeName, timeZone } = assignee;
  const message = wordAssignment({
    ...change,
    assigneeName,
    assignedBy,
    timeZone,
    baseUrl: addresses.baseUrl,
  });
  return deliverTo(assignee, severity, { kind: 'assignment', eventId, changeId, message }, addresses, now);
}

function asHandOvers(
  former: Reached,
  present: string | null,
  change: PendingChange,
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const { changeId, eventId, severity, who: by } = change;
  const { greeting, timeZone } = former;
  const message = wordHandOver({ ...change, greeting, timeZone, by, present, baseUrl: addresses.baseUrl });
  return deliverTo(former, severity, { kind: 'hand-over', eventId, changeId, message }, addresses, now);
}
