/**
 * A notice that a channel did not take goes to people's mail: to its person, or to the people of the groups whose
 * subscriptions tell the room. Being told twice is better than not at all.
 */
import { listHeardSubscriptions } from '../../accounts/mutes.ts';
import { listAddressees, type Addressee } from '../../accounts/users.ts';
import { rows, type Tx } from '../../db/transaction.ts';
import type { TenantId, UserId } from '../../kernel/ids.ts';
import { addDeliveries, newDelivery } from '../deliveries.ts';
import type { Channel } from './channels.ts';
import type { ChannelDelivery } from './claim-due.ts';

/** @param channel as it was before this failure */
export async function tellOtherwise(
  tx: Tx,
  channel: Channel,
  delivery: ChannelDelivery,
  reason: string,
  now: Date,
): Promise<void> {
  // Of what came since it is known to be down people are told anyway (audience/reach.ts).
  if (channel.failingSince && channel.failingSince <= delivery.createdAt) return;
  const { tenantId, kind, eventId, changeId } = delivery;
  const people = await listThoseWithout(tx, tenantId, await listPeople(tx, tenantId, channel), changeId);
  const mailDomain = /@([^>]+)>$/.exec(delivery.messageId)?.[1] ?? 'localhost';
  const deliveries = people.map(({ id: userId, name, email: address }) => {
    const lead = `“${channel.name}” did not take this notice (${reason.replace(/[.:]+$/, '')}): ${delivery.message.lead}`;
    const message = { ...delivery.message, greeting: name, lead };
    return newDelivery({ userId, address }, { kind, eventId, changeId, message }, { mailDomain }, now);
  });
  await addDeliveries(tx, tenantId, deliveries, now);
}

async function listPeople(tx: Tx, tenantId: TenantId, { id, userId }: Channel): Promise<Addressee[]> {
  if (userId) return listAddressees(tx, tenantId, [userId]);
  const subscriptions = await listHeardSubscriptions(tx, tenantId);
  const telling = subscriptions.filter(({ channel }) => channel === id);
  return listAddressees(tx, tenantId, [...new Set(telling.flatMap(({ users }) => users))]);
}

/** Those who have not been sent a mail of it. */
async function listThoseWithout(
  tx: Tx,
  tenantId: TenantId,
  people: readonly Addressee[],
  changeId: string | null,
): Promise<Addressee[]> {
  if (changeId === null) return [...people];
  const told = await rows<{ userId: UserId }>(
    tx,
    `select user_id as "userId" from deliveries
     where tenant_id = $1 and change_id = $2 and channel_id is null and user_id is not null`,
    [tenantId, changeId],
  );
  const known = new Set(told.map(({ userId }) => userId));
  return people.filter(({ id }) => !known.has(id));
}
