/**
 * The loop that mails reports. Each is claimed, computed and written to the outbox in one transaction with its next
 * time: a crash sends none twice and forgets none. Of several that were missed, only the latest is sent.
 */
import type { DataSource } from 'typeorm';
import { getTenant } from '../../accounts/tenants.ts';
import { listAddressees } from '../../accounts/users.ts';
import { acrossTenants, type Tx } from '../../db/transaction.ts';
import { later, MINUTE } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { LARGEST_ATTACHMENT, type Attachment } from '../../outbound/attachment.ts';
import { addDeliveries, newDelivery } from '../../outbound/deliveries.ts';
import type { Addresses } from '../../outbound/addresses.ts';
import { historyCsv } from '../formats/csv.ts';
import { historyReport, type HistoryReport } from '../history.ts';
import { claimDueReportMail, removeReportMail, setDue, type ReportMail } from './report-mails.ts';
import { endedBefore, latestTime, nextTime, type Days } from './timetable.ts';
import { wordReport } from './word-report.ts';

/** In one turn, so that a Monday morning keeps no other loop waiting. */
const LARGEST_BATCH = 20;
/** One that cannot be made waits so long, and the others go on. */
const AFTER_FAILURE_MS = 10 * MINUTE;

export interface MailReportsOptions {
  database: DataSource;
  addresses: Addresses;
  log: Log;
}

/** @returns true when there may be more; @throws the last failure, when all had their turn */
export async function mailDueReports(options: MailReportsOptions, now: Date): Promise<boolean> {
  let failure: Error | null = null;
  for (let count = 0; count < LARGEST_BATCH; count += 1) {
    const result = await mailNext(options, now);
    if (result instanceof Error) failure = result;
    else if (!result) {
      if (failure) throw failure;
      return false;
    }
  }
  if (failure) throw failure;
  return true;
}

/** @returns false when none is due; the error when one could not be made and waits */
async function mailNext(
  { database, addresses, log }: MailReportsOptions,
  now: Date,
): Promise<boolean | Error> {
  const claimed: { mail?: ReportMail | undefined } = {};
  try {
    await acrossTenants(database, async (tx) => {
      claimed.mail = await claimDueReportMail(tx, now);
      if (claimed.mail) await mailReport(tx, claimed.mail, addresses, now);
    });
    return claimed.mail !== undefined;
  } catch (error) {
    const { mail } = claimed;
    if (!mail) throw error;
    const { tenantId, id } = mail;
    log.error({ tenantId, reportMailId: id, err: error }, 'report not made, is tried again');
    await acrossTenants(database, (tx) => setDue(tx, mail, later(now, AFTER_FAILURE_MS)));
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function mailReport(tx: Tx, mail: ReportMail, addresses: Addresses, now: Date): Promise<void> {
  const { tenantId, id, userId } = mail;
  const [person] = await listAddressees(tx, tenantId, [userId]);
  if (!person) {
    await removeReportMail(tx, tenantId, id);
    return;
  }
  const days = endedBefore(mail, latestTime(mail, now));
  const report = await reportOf(tx, mail, days);
  const before = await reportOf(tx, mail, endedBefore(mail, days.from));
  const { name: tenantName } = await getTenant(tx, tenantId);
  const attachment = asFile(report);
  const message = wordReport({
    greeting: person.name,
    tenantName,
    wanted: mail,
    report,
    before,
    hasFile: attachment !== null,
    baseUrl: addresses.baseUrl,
    now,
  });
  const notice = { kind: 'report' as const, eventId: null, changeId: null, message, attachment };
  // To the person's address, whatever channels they have: no other has a place for a file.
  const recipient = { userId, address: person.email };
  const delivery = newDelivery(recipient, { ...notice, reportMailId: id }, addresses, now);
  await addDeliveries(tx, tenantId, [delivery], now);
  await setDue(tx, mail, nextTime(mail, now));
}

async function reportOf(tx: Tx, { tenantId, org, severity }: ReportMail, days: Days): Promise<HistoryReport> {
  return historyReport(tx, tenantId, {
    ...days,
    ...(org ? { org } : {}),
    ...(severity ? { severity } : {}),
  });
}

/** Null when it is too large. */
export function asFile(report: HistoryReport): Attachment | null {
  const content = historyCsv(report);
  if (content.length > LARGEST_ATTACHMENT) return null;
  return { filename: 'datamer-history.csv', contentType: 'text/csv; charset=utf-8', content };
}
