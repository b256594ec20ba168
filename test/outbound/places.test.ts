/** Where a person is told: no wish and no fault leaves a notice without a place. */
import { expect, it } from '@jest/globals';
import type { Addressee, MailFloor } from '../../src/accounts/users.ts';
import type { MaybeSeverity } from '../../src/events/severity.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import { placesOf } from '../../src/outbound/audience/places.ts';
import type { Channel } from '../../src/outbound/channels/channels.ts';

const ana: Addressee = {
  id: 'ana' as UserId,
  name: 'Ana',
  email: 'mail',
  timeZone: 'UTC',
  mailFloor: null,
  digestTimes: [],
};

function channel(name: string, given: Partial<Channel> = {}): Channel {
  return {
    id: name,
    userId: ana.id,
    kind: 'ntfy',
    name,
    severityFloor: null,
    failingSince: null,
    ...given,
  } as Channel;
}

const phone = channel('phone', { severityFloor: 'critical' });
const chat = channel('chat');
const broken = channel('phone', { failingSince: new Date(0) });

it.each<[MailFloor | null, Channel[], MaybeSeverity, string, string]>([
  [null, [], 'info', 'mail', 'there is nothing else'],
  [null, [phone, chat], 'critical', 'mail phone chat', 'everything is wanted everywhere'],
  [null, [phone], 'warn', 'mail', 'the telephone is for criticals'],
  ['never', [phone], 'critical', 'phone', 'the telephone takes it'],
  ['never', [phone], 'warn', 'mail', 'nothing else takes it'],
  ['never', [], 'critical', 'mail', 'there is nothing else'],
  ['never', [broken], 'critical', 'mail phone', 'the telephone is down'],
  ['warn', [chat], 'info', 'chat', 'it is below the floor of mail'],
  ['warn', [chat], null, 'chat', 'unclassified is below warn'],
  ['warn', [chat], 'warn', 'mail chat', 'it is on the floor of mail'],
  ['critical', [chat], 'warn', 'chat', 'it is below the floor of mail'],
])('with mail from %s and %j, a notice of %s goes to %s: %s', (mailFloor, own, severity, places) => {
  const found = placesOf({ ...ana, mailFloor }, own, severity);
  expect(found.map(({ address }) => address).join(' ')).toBe(places);
});
