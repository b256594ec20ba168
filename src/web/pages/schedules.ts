/** Schedules: which mails are expected, how each stands, and how they came lately; declared, changed and paused here. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listOrgs } from '../../events/orgs.ts';
import { PERIODS } from '../../kernel/calendar.ts';
import { isUuid } from '../../kernel/ids.ts';
import { listPeriods } from '../../watchdog/period-counts.ts';
import { getStream, listStreams, statusOf, type Stream, type StreamStatus } from '../../watchdog/streams.ts';
import { isBlind } from '../api/schedules.ts';
import { page, type PageScope } from '../page.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentSchedule, STATUS_WORDS } from '../presenters/schedule.ts';

const PAGE_SIZE = 50;

/** The troubled first. */
const STATUSES = ['missing', 'extra', 'late', 'blind', 'ok', 'learning', 'paused'] as const;

const querySchema = z.object({
  status: z.enum(STATUSES).optional().catch(undefined),
  org: z.string().trim().toLowerCase().max(200).optional().catch(undefined),
  page: z.coerce.number().int().min(1).catch(1),
});

interface Standing {
  stream: Stream;
  status: StreamStatus;
}

const schedulesPage = page({
  path: '/schedules',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, flash, role } = scope;
    const query = querySchema.parse(request.query);
    const all = await listStandings(scope);
    const matching = all.filter(({ status }) => !query.status || status === query.status);
    const last = Math.max(1, Math.ceil(matching.length / PAGE_SIZE));
    const number = Math.min(query.page, last);
    const shown = matching.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE);
    const link = (target: number): string =>
      `/schedules?${query.status ? `status=${query.status}&` : ''}page=${target}`;
    const form = presentForm(flash, 'schedule', {
      name: '',
      org: '',
      servers: '',
      sender: '',
      subject: '',
      period: 'day',
      n: 1,
      variance: 0,
      graceSeconds: '',
    });
    return {
      view: 'schedules',
      title: 'Schedules',
      data: {
        sentence: describe(all),
        tabs: presentTabs(all, query.status),
        rows: await presentRows(scope, shown),
        isNone: all.length === 0,
        form,
        periods: presentOptions(
          PERIODS.map((period) => [period, period] as const),
          form.period.value,
        ),
        orgs: await listOrgs(tx, tenant.id),
        mayWork: may(role, 'work'),
        pager: last > 1 && {
          sentence: `page ${number} of ${last}`,
          previous: number > 1 ? link(number - 1) : null,
          next: number < last ? link(number + 1) : null,
        },
      },
    };
  },
});

/** An id that no schedule has: a path that is no id is answered like a schedule that is not there. */
const NO_STREAM = '00000000-0000-0000-0000-000000000000';

const schedulePage = page({
  path: '/schedules/:id',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, flash, role } = scope;
    const id = String(request.params['id']);
    const stream = await getStream(tx, tenant.id, isUuid(id) ? id : NO_STREAM);
    const standing = { stream, status: statusOf(stream, now, await isBlind(scope)) };
    const { name, n, variance, graceSeconds, period } = stream;
    return {
      view: 'schedule',
      title: stream.name,
      data: {
        row: (await presentRows(scope, [standing]))[0],
        form: presentForm(flash, 'schedule', { name, n, variance, graceSeconds }),
        per: `per ${period}`,
        mayWork: may(role, 'work'),
      },
    };
  },
});

export const schedulePages = [schedulesPage, schedulePage];

async function listStandings(scope: PageScope): Promise<Standing[]> {
  const blind = await isBlind(scope);
  const streams = await listStreams(scope.tx, scope.tenant.id);
  const standings = streams.map((stream) => ({ stream, status: statusOf(stream, scope.now, blind) }));
  // The list comes by next due; sorting keeps that order within each status.
  return standings.sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status));
}

async function presentRows({ tx, tenant, now, timeZone }: PageScope, standings: readonly Standing[]) {
  const periods = await listPeriods(
    tx,
    tenant.id,
    standings.map(({ stream }) => stream),
    now,
  );
  return standings.map(({ stream, status }) =>
    presentSchedule(stream, status, periods.get(stream.id) ?? [], now, timeZone),
  );
}

/** `312 schedules · 281 on time · 4 late` */
function describe(all: readonly Standing[]): string {
  if (all.length === 0) return 'Nothing is expected yet';
  const counts = STATUSES.map((status) => ({ status, count: countOf(all, status) })).filter(
    ({ count }) => count > 0,
  );
  const words = counts.map(({ status, count }) => `${presentNumber(count)} ${STATUS_WORDS[status].word}`);
  return [`${presentNumber(all.length)} schedule${all.length === 1 ? '' : 's'}`, ...words].join(' · ');
}

function countOf(all: readonly Standing[], status: StreamStatus): number {
  return all.filter((one) => one.status === status).length;
}

function presentTabs(all: readonly Standing[], current: StreamStatus | undefined) {
  const tabs = STATUSES.map((status) => ({
    word: STATUS_WORDS[status].word,
    href: `/schedules?status=${status}`,
    count: presentNumber(countOf(all, status)),
    isCurrent: status === current,
    isShown: status !== 'blind' || countOf(all, status) > 0,
  })).filter(({ isShown }) => isShown);
  const whole = { word: 'All', href: '/schedules', count: presentNumber(all.length), isCurrent: !current };
  return [whole, ...tabs];
}
