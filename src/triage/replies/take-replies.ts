/**
 * Stage: replies to our notices are no monitoring mail. They leave the way of mails before anything is read in them or
 * learnt from them, so that none opens an event; what they ask for is done when the batch is written.
 */
import type { MailTokens } from '../../events/by-mail/mail-tokens.ts';
import { findDelivery } from '../../events/by-mail/reply-address.ts';
import type { NoticeSeal } from '../../events/notice-seal.ts';
import { decide, type Mse, type Reply } from '../mse.ts';
import { comesBack } from '../own-mail.ts';
import { automaticBecause } from './is-automatic.ts';
import { ownLines } from './own-text.ts';

export type RepliedMse = Mse & { reply: Reply };

/** Parts the replies among mails from the others. */
export function takeReplies(
  mses: readonly Mse[],
  { seal, tokens }: { seal: NoticeSeal; tokens: MailTokens },
): { mses: Mse[]; replies: RepliedMse[] } {
  const others: Mse[] = [];
  const replies: RepliedMse[] = [];
  for (const mse of mses) {
    const deliveryId = repliesTo(mse, tokens);
    // A notice that comes back, or a bounce that quotes one's headers, carries its tokens as well.
    if (deliveryId === null || comesBack(mse, seal)) others.push(mse);
    else replies.push(asReply(mse, deliveryId));
  }
  return { mses: others, replies };
}

const RECIPIENT_HEADERS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'];
const THREAD_HEADERS = ['references', 'in-reply-to'];

function repliesTo({ mail }: Mse, tokens: MailTokens): string | null {
  const recipients = [...mail.to, ...RECIPIENT_HEADERS.flatMap((name) => mail.header(name))];
  return findDelivery(
    recipients,
    THREAD_HEADERS.flatMap((name) => mail.header(name)),
    tokens,
  );
}

/** RFC 8601. Whoever forges the header says nothing to their own advantage by a failure; a pass is not believed. */
const DISOWNED = /\bdmarc\s?=\s?fail\b/i;

/** Every row of mails names a signal; replies share one that no mail has. */
const NO_SIGNAL = { key: '00000000-0000-8000-8000-000000000000', label: 'a reply to a notice' };

function asReply(mse: Mse, deliveryId: string): RepliedMse {
  const reason = 'a reply to a notice of DaTamer';
  const byParser = { source: 'parser' as const, confidence: 1, reason };
  decide(mse, 'severity', { ...byParser, value: 'info' });
  decide(mse, 'noise', { ...byParser, value: true });
  mse.signal = NO_SIGNAL;
  const automatic = automaticBecause(mse.mail);
  const isDisowned = mse.mail.header('authentication-results').some((result) => DISOWNED.test(result));
  const reply: Reply = {
    deliveryId,
    automatic,
    isDisowned,
    lines: automatic ? [] : ownLines(mse.mail.text),
    outcome: null,
  };
  mse.reply = reply;
  return mse as RepliedMse;
}
