/** Reports by mail: everybody's own; an admin's also for others. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listAddressees } from '../../accounts/users.ts';
import { Forbidden, Invalid, NotFound } from '../../kernel/errors.ts';
import type { UserId } from '../../kernel/ids.ts';
import { SEVERITY_NAMES, type SeverityName } from '../../reports/history.ts';
import {
  addReportMail,
  getReportMail,
  listReportMails,
  removeReportMail,
  type ReportMail,
} from '../../reports/mails/report-mails.ts';
import { REPORT_PERIODS } from '../../reports/mails/timetable.ts';
import { operation, whole, type Scope } from '../operation.ts';

const severity = z.enum(SEVERITY_NAMES as [SeverityName, ...SeverityName[]]);

const reportMail = z
  .object({
    id: z.string(),
    user: z.string(),
    period: z.enum(REPORT_PERIODS),
    at: z.string(),
    timezone: z.string(),
    org: z.string().nullable(),
    severity: severity.nullable(),
    createdAt: z.date(),
    nextAt: z.date(),
  })
  .meta({ id: 'ReportMail' });

const user = z
  .uuid()
  .transform((id) => id as UserId)
  .optional();

const reportMailInput = z.object({
  period: z
    .enum(REPORT_PERIODS)
    .describe('Of yesterday; on Mondays of the last week; on the 1st of the last month.'),
  at: z.string().max(5).default('07:00').describe('`HH:MM` by the clocks of the zone.'),
  timezone: z.string().max(100).optional().describe("Left out: the person's."),
  org: z.string().trim().toLowerCase().max(200).nullable().optional().describe('The path and all below.'),
  severity: severity.nullable().optional(),
  user: user.describe('Left out: whoever asks. Others only by an admin.'),
});

function show({ userId, timeZone, dueAt, ...rest }: ReportMail): z.input<typeof reportMail> {
  return { ...rest, user: userId, timezone: timeZone, nextAt: dueAt };
}

/** @throws Invalid for a token without `user`, Forbidden */
function requirePerson({ actor, role }: Scope, wanted: UserId | undefined): UserId {
  const person = wanted ?? (actor.userId as UserId | null);
  if (!person) {
    throw new Invalid([{ field: 'user', message: 'A token stands for no person: give the user.' }]);
  }
  if (person !== actor.userId && !may(role, 'administer')) {
    throw new Forbidden('Only an admin has reports mailed to others.', 'not-permitted');
  }
  return person;
}

/** Whose it is not learns nothing of it. @throws NotFound */
async function getAccessible({ tx, tenant, actor, role }: Scope, id: string): Promise<ReportMail> {
  const found = await getReportMail(tx, tenant.id, id);
  if (found.userId !== actor.userId && !may(role, 'administer')) throw new NotFound('report mail');
  return found;
}

export const reportMailOperations = [
  operation({
    id: 'listReportMails',
    method: 'get',
    path: '/report-mails',
    summary: 'Reports that are mailed to whoever asks; to a token of an admin those of all',
    permission: 'read',
    query: z.object({ user }),
    answer: whole(reportMail),
    handle: async (scope, { query }) => {
      const { tx, tenant, actor, role } = scope;
      const ofAll = !query.user && !actor.userId && may(role, 'administer');
      const found = await listReportMails(tx, tenant.id, ofAll ? null : requirePerson(scope, query.user));
      return { items: found.map(show), nextCursor: null };
    },
  }),
  operation({
    id: 'addReportMail',
    method: 'post',
    path: '/report-mails',
    summary: 'Have a report mailed with its figures as CSV; asking again for the same one changes its time',
    permission: 'read',
    body: reportMailInput,
    answer: reportMail,
    creates: true,
    handle: async (scope, { body }) => {
      const { tx, tenant, now } = scope;
      const userId = requirePerson(scope, body.user);
      const [person] = await listAddressees(tx, tenant.id, [userId]);
      if (!person) throw new Invalid([{ field: 'user', message: 'Nobody of this tenant.' }]);
      const { period, at, org = null, severity: only = null, timezone: timeZone = person.timeZone } = body;
      return show(
        await addReportMail(tx, tenant.id, userId, { period, at, timeZone, org, severity: only }, now),
      );
    },
  }),
  operation({
    id: 'removeReportMail',
    method: 'delete',
    path: '/report-mails/{id}',
    summary: 'Have a report mailed no more',
    permission: 'read',
    answer: reportMail,
    handle: async (scope, { params }) => {
      const found = await getAccessible(scope, params.id);
      await removeReportMail(scope.tx, scope.tenant.id, found.id);
      return show(found);
    },
  }),
];
