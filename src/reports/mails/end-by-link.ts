/** The link in a report's mail that ends it (RFC 8058). It is asked for again on the page of reports. */
import type { Addressee } from '../../accounts/users.ts';
import type { Tx } from '../../db/transaction.ts';
import type { LinkToken } from '../../events/by-mail/mail-tokens.ts';
import { NotFound } from '../../kernel/errors.ts';
import { findDelivery } from '../../outbound/deliveries.ts';
import { findRecipient } from '../../outbound/mail/act-by-link.ts';
import { findReportMail, removeReportMail, type ReportMail } from './report-mails.ts';

export interface EndOfReportMail {
  person: Addressee;
  /** Null when it has ended. */
  mail: ReportMail | null;
}

/** @returns null for a link in a notice that is no report; @throws NotFound for one that is worth nothing */
export async function openEndOfReportMail(
  tx: Tx,
  { tenantId, deliveryId, verb, expiresAt }: LinkToken,
  now: Date,
): Promise<EndOfReportMail | null> {
  const delivery = await findDelivery(tx, tenantId, deliveryId);
  if (!delivery?.reportMailId) return null;
  if (verb !== 'unsubscribe' || expiresAt <= now || !delivery.userId) throw new NotFound('link');
  const person = await findRecipient(tx, tenantId, delivery.userId);
  const mail = await findReportMail(tx, tenantId, delivery.reportMailId);
  return { person, mail: mail?.userId === person.id ? mail : null };
}

/** A second time changes nothing. */
export async function endReportMail(
  tx: Tx,
  tenantId: LinkToken['tenantId'],
  { mail }: EndOfReportMail,
): Promise<void> {
  if (mail) await removeReportMail(tx, tenantId, mail.id);
}
