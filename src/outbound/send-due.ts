/** The send loop: claims what is due, sends it, writes down how it went. */
import { acrossTenants } from '../db/transaction.ts';
import type { Log } from '../kernel/log.ts';
import { afterFailure } from './after-failure.ts';
import type { MailTransport } from './channels/email/transport.ts';
import { whileClaimed, type Renewing } from './claims.ts';
import { claimDueDeliveries, markFailed, markForRetry, markSent, type DueDelivery } from './deliveries.ts';
import { recordNotTold } from './escalation/not-told.ts';
import type { LinkMaker } from './mail/offer-deeds.ts';
import { personalMail } from './mail/personal-mail.ts';

const LARGEST_BATCH = 20;

export interface SendOptions extends Renewing {
  mail: MailTransport;
  /** For the links in the mails. */
  links: LinkMaker;
  log: Log;
}

/** @returns true when there may be more */
export async function sendDue(options: SendOptions, now: Date): Promise<boolean> {
  const due = await acrossTenants(options.database, (tx) => claimDueDeliveries(tx, LARGEST_BATCH, now));
  await whileClaimed(options, due, async () => {
    // The transport has two connections; more at once would only wait there.
    await Promise.all(due.map((delivery) => sendOne(options, delivery)));
  });
  return due.length === LARGEST_BATCH;
}

async function sendOne(
  { database, mail, links, clock, log }: SendOptions,
  delivery: DueDelivery,
): Promise<void> {
  try {
    await mail.send(personalMail(delivery, links));
    await acrossTenants(database, (tx) => markSent(tx, delivery, clock.now()));
    log.info({ deliveryId: delivery.id, eventId: delivery.eventId }, 'notice sent');
  } catch (error) {
    const now = clock.now();
    const { reason, nextTryAt } = afterFailure(delivery, error, now);
    await acrossTenants(database, async (tx) => {
      if (nextTryAt) return markForRetry(tx, delivery, reason, nextTryAt);
      await markFailed(tx, delivery, reason, now);
      await recordNotTold(tx, delivery, reason, now);
    });
    log.warn(
      { deliveryId: delivery.id, attempts: delivery.attempts, reason, isFinal: nextTryAt === null },
      'notice not sent',
    );
  }
}
