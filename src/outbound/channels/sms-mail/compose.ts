/** A short mail that a provider turns into an SMS. Pure. */
import { asSms } from '../../wording/as-sms.ts';
import type { Outgoing } from '../channel-kind.ts';
import type { NoticeMail } from '../email/transport.ts';

export function composeSmsMail(outgoing: Outgoing, { address }: { address: string }): NoticeMail {
  const { id: deliveryId, messageId, createdAt } = outgoing;
  return {
    deliveryId,
    to: address,
    // Gateways send the text, or subject and text together: the subject must not say it twice.
    subject: 'DaTamer',
    text: asSms(outgoing),
    messageId,
    createdAt,
    references: null,
  };
}
