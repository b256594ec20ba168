/** Schedules: which mails are expected, how each stands, and how they came lately; declared, changed and paused here. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listOrgs } from '../../events/orgs.ts';
import { listTimeZones, PERIODS } from '../../kernel/calendar.ts';
import { listMerged } from '../../watchdog/merge-streams.ts';
import { countJobs } from '../../watchdog/runs/list-jobs.ts';
import { listPeriods } from '../../watchdog/period-counts.ts';
import {
  countStreams,
  getListedStream,
  listStreams,
  STREAM_STATUSES,
  type ListedStream,
  type StreamStatus,
} from '../../watchdog/list-streams.ts';
import { listProposals } from '../../watchdog/proposals/store.ts';
import { FORETOLD, isBlind, zoneShiftOf } from '../api/schedules.ts';
import { page, type PageScope } from '../page.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentProposal } from '../presenters/proposal.ts';
import { presentForecast, presentSchedule, presentZoneShift, STATUS_WORDS } from '../presenters/schedule.ts';

const PAGE_SIZE = 50;
/** To be merged into; a menu of more is not read. */
const MOST_OFFERED = 200;

const querySchema = z.object({
  status: z.enum(STREAM_STATUSES).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
  // What a link fills into the form.
  sender: z.string().max(254).optional().catch(undefined),
  subject: z.string().max(200).optional().catch(undefined),
  period: z.enum(PERIODS).optional().catch(undefined),
  n: z.coerce.number().int().min(1).optional().catch(undefined),
});

const schedulesPage = page({
  path: '/schedules',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, flash, role } = scope;
    const query = querySchema.parse(request.query);
    const blind = await isBlind(scope);
    const counts = await countStreams(tx, tenant.id, now, blind);
    const list = await listStreams(tx, tenant.id, { ...query, limit: PAGE_SIZE }, now, blind);
    const link = (cursor: string | null): string => {
      const parameters = new URLSearchParams({
        ...(query.status && { status: query.status }),
        ...(cursor && { cursor }),
      });
      return `/schedules?${parameters.toString()}`;
    };
    const form = presentForm(flash, 'schedule', {
      name: '',
      org: '',
      servers: '',
      sender: query.sender ?? '',
      subject: query.subject ?? '',
      period: query.period ?? 'day',
      n: query.n ?? 1,
      variance: 0,
      graceSeconds: '',
      cron: '',
      timezone: scope.timeZone,
      earlySeconds: '',
    });
    return {
      view: 'schedules',
      title: 'Schedules',
      data: {
        sentence: describe(counts),
        tabs: presentTabs(counts, query.status),
        rows: await presentRows(scope, list.items),
        proposals: (await listProposals(tx, tenant.id)).map((one) =>
          presentProposal(one, now, scope.timeZone),
        ),
        isNone: sumOf(counts) === 0,
        form,
        periods: presentOptions(
          PERIODS.map((period) => [period, period] as const),
          form.period.value,
        ),
        zones: listTimeZones(),
        orgs: await listOrgs(tx, tenant.id),
        jobs: presentNumber(await countJobs(tx, tenant.id)),
        mayWork: may(role, 'work'),
        next: list.nextCursor && link(list.nextCursor),
        first: query.cursor ? link(null) : null,
      },
    };
  },
});

const schedulePage = page({
  path: '/schedules/:id',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, flash, role } = scope;
    const id = String(request.params['id']);
    const stream = await getListedStream(tx, tenant.id, id, now, await isBlind(scope));
    const { name, n, variance, graceSeconds, period, cron } = stream;
    const others = await listStreams(tx, tenant.id, { limit: MOST_OFFERED }, now, false);
    return {
      view: 'schedule',
      title: stream.name,
      data: {
        row: (await presentRows(scope, [stream]))[0],
        form: presentForm(flash, 'schedule', {
          name,
          n,
          variance,
          graceSeconds,
          cron: cron?.expression ?? '',
          timezone: cron?.timezone ?? '',
          earlySeconds: cron?.earlySeconds ?? null,
        }),
        per: `per ${period}`,
        isCron: cron !== null,
        zoneShift: presentZoneShift(zoneShiftOf(stream, tenant.timeZone), cron, now, scope.timeZone),
        zones: cron && listTimeZones(),
        forecast: presentForecast(stream, now, scope.timeZone, FORETOLD),
        merged: await listMerged(tx, tenant.id, id),
        others: others.items
          .filter((other) => other.id !== stream.id)
          .map((other) => ({ value: other.id, word: [other.name, other.org].filter(Boolean).join(' · ') })),
        mayWork: may(role, 'work'),
      },
    };
  },
});

export const schedulePages = [schedulesPage, schedulePage];

async function presentRows({ tx, tenant, now, timeZone }: PageScope, streams: readonly ListedStream[]) {
  const periods = await listPeriods(tx, tenant.id, streams, now);
  return streams.map((stream) => presentSchedule(stream, periods.get(stream.id) ?? [], now, timeZone));
}

type Counts = Record<StreamStatus, number>;

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `312 schedules · 4 late · 281 on time` */
function describe(counts: Counts): string {
  const all = sumOf(counts);
  if (all === 0) return 'Nothing is expected yet';
  const words = STREAM_STATUSES.filter((status) => counts[status] > 0).map(
    (status) => `${presentNumber(counts[status])} ${STATUS_WORDS[status].word}`,
  );
  return [`${presentNumber(all)} schedule${all === 1 ? '' : 's'}`, ...words].join(' · ');
}

function presentTabs(counts: Counts, current: StreamStatus | undefined) {
  const shown = STREAM_STATUSES.filter((status) => status !== 'blind' || counts.blind > 0);
  const tabs = shown.map((status) => ({
    word: STATUS_WORDS[status].word,
    href: `/schedules?status=${status}`,
    count: presentNumber(counts[status]),
    isCurrent: status === current,
  }));
  const whole = { word: 'All', href: '/schedules', count: presentNumber(sumOf(counts)), isCurrent: !current };
  return [whole, ...tabs];
}
