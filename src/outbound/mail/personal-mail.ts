/** A notice as a person's mail: with the ways in which they can act from it. Pure. */
import { replyAddress, replyReference } from '../../events/by-mail/reply-address.ts';
import { composeMail, domainOf } from '../channels/email/compose.ts';
import type { NoticeMail } from '../channels/email/transport.ts';
import type { DueDelivery } from '../deliveries.ts';
import { linkTo, offerDeeds, type LinkMaker } from './offer-deeds.ts';
import { canUnsubscribe, UNSUBSCRIBING_LASTS_MS } from './unsubscribe.ts';

const HOW_TO_REPLY = 'Or reply: mine, snooze 2h, done (and a closing note), note (and a text), help.';

export function personalMail(delivery: DueDelivery, maker: LinkMaker): NoticeMail {
  const { message, address, inReplyTo, attachment } = delivery;
  const replyTo = replyAddressOf(delivery, maker);
  const footnotes = replyTo && delivery.kind !== 'reply' && message.event ? [HOW_TO_REPLY] : [];
  const actions = [...offerDeeds(delivery, maker), ...message.actions];
  const mail = composeMail({ ...delivery, message: { ...message, actions } }, address, footnotes);
  const token = replyReference(maker.tokens.signReply(delivery.id), domainOf(delivery));
  const references = [mail.references, inReplyTo, replyTo ? token : null].filter(Boolean).join(' ');
  const headers = canUnsubscribe(delivery) ? unsubscribeHeaders(delivery, maker) : {};
  return {
    ...mail,
    headers,
    ...(replyTo ? { replyTo } : {}),
    inReplyTo,
    references: references || null,
    attachment,
  };
}

/** RFC 2369 and RFC 8058: mail programs show a button, and press it themselves. */
function unsubscribeHeaders(delivery: DueDelivery, maker: LinkMaker): Record<string, string> {
  const link = linkTo(delivery, 'unsubscribe', maker, UNSUBSCRIBING_LASTS_MS);
  return { 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

/** @returns null where nobody reads replies: the tenant said so, nobody outside can write to it, or there is nothing to do */
function replyAddressOf(
  { id, kind, userId, tenantAddress, replyStyle }: DueDelivery,
  { tokens }: LinkMaker,
): string | null {
  if (kind === 'report' || userId === null || tenantAddress === null || replyStyle === 'none') return null;
  return replyAddress(tenantAddress, tokens.signReply(id), replyStyle === 'token');
}
