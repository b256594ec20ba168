/** A notice as a person's mail: with the ways in which they can act from it. Pure. */
import { replyAddress, replyReference } from '../../events/by-mail/reply-address.ts';
import { composeMail, domainOf } from '../channels/email/compose.ts';
import type { NoticeMail } from '../channels/email/transport.ts';
import type { DueDelivery } from '../deliveries.ts';
import { offerDeeds, type LinkMaker } from './offer-deeds.ts';

const HOW_TO_REPLY = 'Or reply: mine, snooze 2h, done (and a closing note), note (and a text), help.';

export function personalMail(delivery: DueDelivery, maker: LinkMaker): NoticeMail {
  const { message, address, inReplyTo } = delivery;
  const replyTo = replyAddressOf(delivery, maker);
  const footnotes = replyTo && delivery.kind !== 'reply' && message.event ? [HOW_TO_REPLY] : [];
  const actions = [...offerDeeds(delivery, maker), ...message.actions];
  const mail = composeMail({ ...delivery, message: { ...message, actions } }, address, footnotes);
  const token = replyReference(maker.tokens.signReply(delivery.id), domainOf(delivery));
  const references = [mail.references, inReplyTo, replyTo ? token : null].filter(Boolean).join(' ');
  return { ...mail, ...(replyTo ? { replyTo } : {}), inReplyTo, references: references || null };
}

/** @returns null where nobody reads replies: the tenant said so, or nobody outside can write to it */
function replyAddressOf(
  { id, userId, tenantAddress, replyStyle }: DueDelivery,
  { tokens }: LinkMaker,
): string | null {
  if (userId === null || tenantAddress === null || replyStyle === 'none') return null;
  return replyAddress(tenantAddress, tokens.signReply(id), replyStyle === 'token');
}
