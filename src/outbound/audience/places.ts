/** Where a person is told: by mail, on their own channels, or both. Pure. */
import type { Addressee } from '../../accounts/users.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import type { Channel } from '../channels/channels.ts';
import type { Recipient } from '../deliveries.ts';

/** Never empty: mail comes also against the person's wish where no channel of theirs takes it and works. */
export function placesOf(
  { id: userId, email: address, mailFloor }: Addressee,
  own: readonly Channel[],
  severity: MaybeSeverity,
): Recipient[] {
  const taking = own.filter(
    ({ severityFloor }) => severityFloor === null || isAtLeast(severity, severityFloor),
  );
  const isReached = taking.some(({ failingSince }) => failingSince === null);
  const wantsMail = mailFloor === null || (mailFloor !== 'never' && isAtLeast(severity, mailFloor));
  return [
    ...(wantsMail || !isReached ? [{ userId, address }] : []),
    ...taking.map(({ id: channelId, name }) => ({ userId, channelId, address: name })),
  ];
}

function isAtLeast(severity: MaybeSeverity, floor: 'info' | 'warn' | 'critical'): boolean {
  return severityRank(severity) <= severityRank(floor);
}
