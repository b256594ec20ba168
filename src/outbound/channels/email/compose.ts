/** A notice as a mail. Pure. */
import { asText } from '../../wording/as-text.ts';
import type { Outgoing } from '../channel-kind.ts';
import type { NoticeMail } from './transport.ts';

export function composeMail(outgoing: Outgoing, to: string): NoticeMail {
  const { id: deliveryId, message, messageId, createdAt } = outgoing;
  return {
    deliveryId,
    to,
    subject: message.subject,
    text: asText(message),
    messageId,
    createdAt,
    // Mails about one event are one thread in people's mail programs.
    references: message.event ? threadOf(outgoing) : null,
  };
}

function threadOf({ eventId, messageId }: Outgoing): string {
  return `<event-${eventId}@${messageId.split('@')[1] ?? 'datamer>'}`;
}
