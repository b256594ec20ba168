/** The links by which a notice's reader acts with one tap, without signing in. Each asks before it does anything. */
import type { LinkVerb, MailTokens } from '../../events/by-mail/mail-tokens.ts';
import { DAY, later } from '../../kernel/clock.ts';
import type { Delivery, NoticeKind } from '../deliveries.ts';
import type { Action } from '../wording/message.ts';

/** A link lies in a mailbox for years; who finds it there later must not be able to act by it. */
export const LINKS_LAST_MS = 7 * DAY;

const LABELS: Record<Exclude<LinkVerb, 'unsubscribe'>, string> = {
  claim: 'Claim it',
  'snooze-hour': 'Snooze for an hour',
  'snooze-tomorrow': 'Snooze until tomorrow, 9:00',
  complete: 'Complete it',
};

/** What somebody is told of that is theirs already. */
const OF_ITS_OWNER: readonly NoticeKind[] = ['assignment', 'reminder'];

export interface LinkMaker {
  tokens: MailTokens;
  /** Of the pages, without a slash behind. */
  baseUrl: string;
}

/** Of an event and to a person; a team's channel has nobody in whose name it would be done. */
export function offerDeeds(delivery: Delivery, maker: LinkMaker): Action[] {
  const { kind, userId, eventId, message } = delivery;
  // What is over by itself needs no deed; the link to the event reopens it.
  if (userId === null || eventId === null || message.event === null || kind === 'recovered') return [];
  const verbs = (Object.keys(LABELS) as (keyof typeof LABELS)[]).filter(
    (verb) => verb !== 'claim' || !OF_ITS_OWNER.includes(kind),
  );
  return verbs.map((verb) => ({ label: LABELS[verb], link: linkTo(delivery, verb, maker) }));
}

/** The same at each try of a delivery. */
export function linkTo(
  { tenantId, id, createdAt }: Delivery,
  verb: LinkVerb,
  { tokens, baseUrl }: LinkMaker,
  lastsMs = LINKS_LAST_MS,
): string {
  const expiresAt = later(createdAt, lastsMs);
  const token = tokens.signLink({ tenantId, deliveryId: id, verb, expiresAt });
  return `${baseUrl}/${verb === 'unsubscribe' ? 'unsubscribe' : 'act'}/${token}`;
}
