/** Where replies to a notice go: a plus-address of the tenant with the token, and the token once more in References. */
import { takesReplyToken, withDetail } from '../../accounts/mail-address.ts';
import type { MailTokens } from './mail-tokens.ts';

/** In front of the token, so that no other detail of an address is taken for one. */
const MARK = 'r.';

const TOKEN = '[a-z2-7]{42}';
/** `alerts+r.TOKEN@example.com` */
const IN_ADDRESS = new RegExp(`\\+${MARK.replace('.', '\\.')}(${TOKEN})@`, 'i');
/** `<r.TOKEN@example.com>`; mail programs carry the References of what they reply to (RFC 5322 §3.6.4). */
const IN_REFERENCE = new RegExp(`<${MARK.replace('.', '\\.')}(${TOKEN})@[^<>\\s]{1,255}>`, 'gi');

/** @returns the tenant's address itself where the tenant's mail server takes no detail, or it would grow too long */
export function replyAddress(address: string, token: string, takesDetail: boolean): string {
  return takesDetail && takesReplyToken(address) ? withDetail(address, MARK + token) : address;
}

/** Stands in References beside those of the thread. */
export function replyReference(token: string, mailDomain: string): string {
  return `<${MARK}${token}@${mailDomain}>`;
}

/** A mail has few recipients and a thread few ancestors that matter; more is no reply. */
const MOST_TRIED = 50;

/** The delivery that a mail replies to, by its recipients or by its References; null when it replies to none of ours. */
export function findDelivery(
  recipients: readonly string[],
  references: readonly string[],
  tokens: MailTokens,
): string | null {
  const inAddresses = recipients
    .slice(0, MOST_TRIED)
    .flatMap((address) => IN_ADDRESS.exec(address)?.[1] ?? []);
  const inReferences = references.flatMap((line) =>
    [...line.slice(-LONGEST_REFERENCES).matchAll(IN_REFERENCE)].map(([, token]) => token ?? ''),
  );
  // The latest ancestor is the last one.
  for (const token of [...inAddresses, ...inReferences.reverse()].slice(0, MOST_TRIED)) {
    const deliveryId = tokens.verifyReply(token);
    if (deliveryId) return deliveryId;
  }
  return null;
}

const LONGEST_REFERENCES = 16_384;

/** True for an address that one of our notices asks to reply to. */
export function isReplyAddress(address: string, tokens: MailTokens): boolean {
  const token = IN_ADDRESS.exec(address)?.[1];
  return token !== undefined && tokens.verifyReply(token) !== null;
}
