/** The send loop: claims what is due, sends it, writes down how it went. */
import type { DataSource } from 'typeorm';
import { acrossTenants } from '../db/transaction.ts';
import { between, DAY, HOUR, later, SECOND, type Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { backoffMs } from '../kernel/retry.ts';
import type { MailTransport } from './channels/email/transport.ts';
import { claimDueDeliveries, markFailed, markForRetry, markSent, type DueDelivery } from './deliveries.ts';
import type { LinkMaker } from './mail/offer-deeds.ts';
import { personalMail } from './mail/personal-mail.ts';

const LARGEST_BATCH = 20;

/** Contract §4: the first retry within 30 s, the second within 60 s. */
const RETRY = { firstMs: 25 * SECOND, ceilingMs: HOUR };

/** RFC 5321 §4.5.4.1 asks senders to go on for days; an alert older than this is history. */
const GIVE_UP_AFTER_MS = 2 * DAY;

export interface SendOptions {
  database: DataSource;
  mail: MailTransport;
  /** For the links in the mails. */
  links: LinkMaker;
  clock: Clock;
  log: Log;
}

/** @returns true when there may be more */
export async function sendDue(options: SendOptions, now: Date): Promise<boolean> {
  const due = await acrossTenants(options.database, (tx) => claimDueDeliveries(tx, LARGEST_BATCH, now));
  // The transport has two connections; more at once would only wait there.
  await Promise.all(due.map((delivery) => sendOne(options, delivery)));
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
    const reason = describeError(error);
    const isTooLate = between(delivery.createdAt, now) > GIVE_UP_AFTER_MS;
    const isTemporary = !(error instanceof AppError) || error.temporary;
    await acrossTenants(database, (tx) =>
      isTemporary && !isTooLate
        ? markForRetry(tx, delivery, reason, later(now, backoffMs(RETRY, delivery.attempts)))
        : markFailed(tx, delivery, reason, now),
    );
    log.warn(
      { deliveryId: delivery.id, attempts: delivery.attempts, reason, isTemporary },
      'notice not sent',
    );
  }
}
