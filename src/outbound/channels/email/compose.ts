/** A notice as a mail: the text, and the same as HTML. Pure. */
import { asHtml } from '../../wording/as-html.ts';
import { asText } from '../../wording/as-text.ts';
import type { Outgoing } from '../channel-kind.ts';
import { oneLine } from './one-line.ts';
import type { NoticeMail } from './transport.ts';

/** @param footnotes sentences below everything */
export function composeMail(outgoing: Outgoing, to: string, footnotes: readonly string[] = []): NoticeMail {
  const { id: deliveryId, message, messageId, createdAt } = outgoing;
  return {
    deliveryId,
    to,
    subject: oneLine(message.subject),
    text: asText(message, footnotes),
    html: asHtml(message, footnotes),
    messageId,
    createdAt,
    // Mails about one event are one thread in people's mail programs.
    references: message.event ? threadOf(outgoing) : null,
  };
}

function threadOf(outgoing: Outgoing): string {
  return `<event-${outgoing.eventId}@${domainOf(outgoing)}>`;
}

/** What stands behind the @ of our Message-IDs. */
export function domainOf({ messageId }: Pick<Outgoing, 'messageId'>): string {
  return /@([^<>\s]+)>$/.exec(messageId)?.[1] ?? 'datamer';
}
