/** Listeners as notices meet them: the name, the time zone, and the places where each is told. */
import { getTenant } from '../../accounts/tenants.ts';
import { listAddressees } from '../../accounts/users.ts';
import type { Tx } from '../../db/transaction.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { listChannelsOf } from '../channels/channels.ts';
import { newDelivery, type NewDelivery, type Notice, type Recipient } from '../deliveries.ts';
import type { DigestTimes } from '../holdback/next-digest.ts';
import { placesOf } from './places.ts';
import type { Told } from './told.ts';

export interface Reached {
  name: string;
  /** How a message begins; a room is not greeted. */
  greeting: string | null;
  timeZone: string;
  digest: DigestTimes;
  /** Never empty. */
  placesFor: (severity: MaybeSeverity) => Recipient[];
}

/** By `keyOf`; without those that have left the tenant or were removed. */
export async function reach(
  tx: Tx,
  tenantId: TenantId,
  told: readonly Told[],
): Promise<Map<string, Reached>> {
  const people = await listAddressees(tx, tenantId, distinct(told.map(({ userId }) => userId)));
  const channels = await listChannelsOf(tx, tenantId, {
    channels: distinct(told.map(({ channelId }) => channelId)),
    people: people.map(({ id }) => id),
  });
  const byOwner = groupBy(channels, ({ userId }) => userId);
  const ofTeam = byOwner.get(null) ?? [];
  const { timeZone } = ofTeam.length > 0 ? await getTenant(tx, tenantId) : { timeZone: 'UTC' };
  return new Map<string, Reached>([
    ...people.map((person): [string, Reached] => [
      person.id,
      {
        name: person.name,
        greeting: person.name,
        timeZone: person.timeZone,
        digest: { times: person.digestTimes, timeZone: person.timeZone },
        placesFor: (severity) => placesOf(person, byOwner.get(person.id) ?? [], severity),
      },
    ]),
    ...ofTeam.map(({ id: channelId, name }): [string, Reached] => [
      channelId,
      {
        name,
        greeting: null,
        timeZone,
        digest: { times: [], timeZone },
        placesFor: () => [{ userId: null, channelId, address: name }],
      },
    ]),
  ]);
}

/** One delivery for each place. */
export function deliverTo(
  { placesFor }: Reached,
  severity: MaybeSeverity,
  notice: Notice,
  options: { mailDomain: string },
  now: Date,
): NewDelivery[] {
  return placesFor(severity).map((place) => newDelivery(place, notice, options, now));
}

function distinct<Id>(ids: readonly (Id | null)[]): Id[] {
  return [...new Set(ids.filter((id) => id !== null))];
}
