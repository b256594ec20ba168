/** Who wants which report by mail, and when the next one is due. */
import { getMember } from '../../accounts/users.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { isTimeZone } from '../../kernel/calendar.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../../kernel/errors.ts';
import { newId, type TenantId, type UserId } from '../../kernel/ids.ts';
import type { SeverityName } from '../history.ts';
import { nextTime, type ReportPeriod, type Timetable } from './timetable.ts';

export interface ReportMail extends Timetable {
  tenantId: TenantId;
  id: string;
  userId: UserId;
  /** The path and all below; null: all. */
  org: string | null;
  severity: SeverityName | null;
  createdAt: Date;
  dueAt: Date;
}

export interface WantedReportMail {
  period: ReportPeriod;
  at: string;
  timeZone: string;
  org: string | null;
  severity: SeverityName | null;
}

const ROW = `tenant_id as "tenantId", id, user_id as "userId", period, at, time_zone as "timeZone", org, severity,
  created_at as "createdAt", due_at as "dueAt"`;

const WALL_CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** A script that asks in a loop must not fill anybody's mailbox each morning. */
const MOST_OF_A_PERSON = 20;

/** @param userId of one person alone */
export async function listReportMails(
  tx: Tx,
  tenantId: TenantId,
  userId: string | null,
): Promise<ReportMail[]> {
  return rows<ReportMail>(
    tx,
    `select ${ROW} from report_mails where tenant_id = $1 and ($2::uuid is null or user_id = $2)
     order by user_id, array_position(array['daily', 'weekly', 'monthly'], period), created_at, id`,
    [tenantId, userId],
  );
}

/** @throws NotFound */
export async function getReportMail(tx: Tx, tenantId: TenantId, id: string): Promise<ReportMail> {
  const found = await findReportMail(tx, tenantId, id);
  if (!found) throw new NotFound('report mail');
  return found;
}

export async function findReportMail(
  tx: Tx,
  tenantId: TenantId,
  id: string,
): Promise<ReportMail | undefined> {
  return oneRow<ReportMail>(tx, `select ${ROW} from report_mails where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
  ]);
}

/**
 * Asking again for the same report changes its time.
 * @throws Invalid, NotFound for somebody who is not of the tenant, Conflict `too-many-report-mails`
 */
export async function addReportMail(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  wanted: WantedReportMail,
  now: Date,
): Promise<ReportMail> {
  requireAcceptable(wanted);
  await getMember(tx, tenantId, userId);
  const { period, at, timeZone, org, severity } = wanted;
  const [added] = await rows<ReportMail>(
    tx,
    `insert into report_mails (tenant_id, id, user_id, period, at, time_zone, org, severity, created_at, due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id, user_id, period, (coalesce(org, '')), (coalesce(severity, ''))) do update
       set at = excluded.at, time_zone = excluded.time_zone, due_at = excluded.due_at
     returning ${ROW}`,
    [
      tenantId,
      newId<string>(now),
      userId,
      period,
      at,
      timeZone,
      org || null,
      severity,
      now,
      nextTime(wanted, now),
    ],
  );
  const own = await listReportMails(tx, tenantId, userId);
  if (own.length > MOST_OF_A_PERSON) {
    throw new Conflict(
      `Nobody gets more than ${MOST_OF_A_PERSON} reports by mail: remove one first.`,
      'too-many-report-mails',
    );
  }
  if (!added) throw new Error('an insert or an update returns its row');
  return added;
}

function requireAcceptable({ at, timeZone }: WantedReportMail): void {
  const faults: Fault[] = [];
  if (!WALL_CLOCK.test(at)) faults.push({ field: 'at', message: 'Give HH:MM.' });
  if (!isTimeZone(timeZone)) {
    faults.push({ field: 'timezone', message: 'Give an IANA time zone, such as Europe/Berlin.' });
  }
  if (faults.length > 0) throw new Invalid(faults);
}

/** Nothing when it is gone already. */
export async function removeReportMail(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  await affected(tx, 'delete from report_mails where tenant_id = $1 and id = $2', [tenantId, id]);
}

/** A report is to be mailed, at `$1`. */
export const HAS_DUE_REPORT_MAILS = 'exists (select from report_mails where due_at <= $1)';

/** The one that is due for longest, held until the transaction ends; another process takes the next. */
export async function claimDueReportMail(tx: Tx, now: Date): Promise<ReportMail | undefined> {
  return oneRow<ReportMail>(
    tx,
    `select ${ROW} from report_mails where due_at <= $1 order by due_at limit 1 for update skip locked`,
    [now],
  );
}

export async function setDue(tx: Tx, { tenantId, id }: ReportMail, dueAt: Date): Promise<void> {
  await affected(tx, 'update report_mails set due_at = $3 where tenant_id = $1 and id = $2', [
    tenantId,
    id,
    dueAt,
  ]);
}
