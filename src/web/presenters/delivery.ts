/** A notice as people see it: to whom, of what, how it went. */
import type { NoticeKind } from '../../outbound/deliveries.ts';
import type { HeldLine, ListedDelivery } from '../../outbound/list-deliveries.ts';
import { OF_TEAM } from './channel.ts';
import { presentTime, presentUntil } from './time.ts';

const STATES = {
  pending: { word: 'waiting', icon: 'clock', tone: '' },
  sent: { word: 'sent', icon: 'check', tone: 'is-ok' },
  failed: { word: 'failed', icon: 'alert', tone: 'is-bad' },
  bounced: { word: 'came back', icon: 'undo', tone: 'is-bad' },
} as const;

const KINDS: Record<NoticeKind, string> = {
  event: 'event',
  several: 'several events',
  storm: 'storm',
  assignment: 'assignment',
  'hand-over': 'hand-over',
  recovered: 'recovery',
  digest: 'digest',
  summary: 'end of a silence',
  escalation: 'escalation',
  reminder: 'reminder',
  reply: 'answer to a reply',
  report: 'report',
};

export function presentDelivery(delivery: ListedDelivery, now: Date, timeZone: string) {
  const {
    id,
    kind,
    eventId,
    userId,
    userName,
    channelId,
    address,
    subject,
    state,
    attempts,
    lastError,
    nextTryAt,
  } = delivery;
  const via = channelId && (userName ? `by ${address}` : 'channel of the team');
  return {
    id,
    kind: KINDS[kind],
    to: userName ?? address,
    /** Beside the name: the address, or that it is a channel. */
    by: channelId ? via : userName ? address : null,
    via,
    // Channels of people are their own affair.
    toHref: channelId && !userId ? `${OF_TEAM.page}/${channelId}` : null,
    subject,
    href: eventId ? `/events/${eventId}` : null,
    state:
      state === 'pending' && lastError
        ? { ...STATES.pending, word: 'tried again', tone: 'is-warn' }
        : STATES[state],
    tries: attempts > 1 ? `${attempts} tries` : null,
    error: lastError,
    created: presentTime(delivery.createdAt, now, timeZone),
    sent: presentTime(delivery.sentAt, now, timeZone),
    // What is due and still there waits for a mail server.
    nextTry:
      state === 'pending' && nextTryAt && nextTryAt > now ? presentTime(nextTryAt, now, timeZone) : null,
  };
}

export function presentHeld(
  { eventId, number, title, channelId, name, as, heldAt, releaseAt }: HeldLine,
  now: Date,
  timeZone: string,
) {
  return {
    href: `/events/${eventId}`,
    event: `#${number} ${title}`,
    to: name,
    by: channelId ? 'channel of the team' : null,
    as: as === 'digest' ? 'in a digest' : 'with others',
    held: presentTime(heldAt, now, timeZone),
    release: presentUntil(releaseAt, now, timeZone),
  };
}
