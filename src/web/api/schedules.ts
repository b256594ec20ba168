/** Schedules: one row for each stream that is counted. */
import { z } from 'zod';
import { endVerdicts } from '../../events/verdicts.ts';
import { PERIODS } from '../../kernel/calendar.ts';
import { staleDoors } from '../../watchdog/blind.ts';
import { describeExpectation, graceMs } from '../../watchdog/expectation.ts';
import {
  getListedStream,
  listStreams,
  STREAM_STATUSES,
  type ListedStream,
} from '../../watchdog/list-streams.ts';
import { forecast } from '../../watchdog/forecast.ts';
import { mergeStreams } from '../../watchdog/merge-streams.ts';
import {
  changeStream,
  confirmChange,
  declareStream,
  expectedBy,
  getStream,
  removeStream,
} from '../../watchdog/streams.ts';
import { findZoneShift } from '../../watchdog/proposals/zone-shift.ts';
import { usualTime } from '../../watchdog/usual-time.ts';
import { operation, pageOf, paging, type Scope } from '../operation.ts';
import { orgPath, serverName } from '../schemas/event.ts';

const status = z.enum(STREAM_STATUSES);

export const schedule = z
  .object({
    id: z.string(),
    name: z.string(),
    source: z.enum(['tag', 'rule', 'declared']),
    org: z.string().nullable(),
    servers: z.array(z.string()),
    sender: z.string().nullable(),
    subject: z.string().nullable(),
    period: z.enum(PERIODS).describe('Of a cron schedule: the scale of its times.'),
    n: z.number().int(),
    variance: z.number().int(),
    cron: z.string().nullable().describe('Five fields or a nickname, by the clock of `timezone`.'),
    timezone: z.string().nullable(),
    earlySeconds: z.number().int().nullable().describe('Of a cron schedule; null: as long as the grace.'),
    graceSeconds: z.number().describe('As it holds: given, learned, or a tenth of the interval.'),
    learnedGraceSeconds: z.number().int().nullable().describe('From how regularly its mails come.'),
    former: z
      .object({ n: z.number().int(), variance: z.number().int() })
      .nullable()
      .describe('Before its tag was changed; until a person confirms, an open alarm holds to it.'),
    changedAt: z.date().nullable(),
    untaggedCount: z.number().int().describe('Mails like its own that came since without the tag.'),
    untaggedAt: z.date().nullable(),
    usual: z
      .object({ at: z.string(), spreadMinutes: z.number().int() })
      .nullable()
      .describe('When its mails usually come, by the clock of the tenant.'),
    zoneShift: z
      .object({ hours: z.number().int(), since: z.date().nullable(), timezone: z.string() })
      .nullable()
      .describe('Mails come whole hours beside the cron times: the zone is probably this one.'),
    forecast: z.array(z.date()).describe('When the next six mails should be there.'),
    expectation: z.string().describe('In words.'),
    severity: z.enum(['warn', 'critical']),
    status,
    isPaused: z.boolean(),
    lastArrivalAt: z.date().nullable(),
    nextDueAt: z.date().nullable().describe('When the next mail should be there.'),
    since: z.date().nullable().describe('Since when the count has been out of range.'),
    eventId: z.string().nullable().describe('The open event of the present breach.'),
    arrivals: z.array(z.date()).describe('The last ones, newest first.'),
  })
  .meta({ id: 'Schedule' });

const span = z
  .number()
  .int()
  .min(0)
  .max(30 * 86_400)
  .nullable()
  .optional();

const scheduleInput = z.object({
  name: z.string().trim().max(200).optional(),
  org: orgPath.nullable().optional(),
  servers: z.array(serverName).max(50).optional(),
  sender: z.string().trim().toLowerCase().max(254).nullable().optional(),
  subject: z.string().trim().max(200).nullable().optional().describe('A part of the subject.'),
  period: z.enum(PERIODS).optional().describe('With n, of a count schedule. A month is 30 days.'),
  n: z.number().int().min(1).max(10_000).optional(),
  variance: z.number().int().min(0).max(10_000).optional(),
  cron: z.string().trim().max(100).nullable().optional().describe('Instead of period and n: `30 2 * * 1-5`.'),
  timezone: z.string().trim().max(60).nullable().optional().describe('With cron: `Europe/Berlin`.'),
  earlySeconds: span.describe('With cron: how long before its time a mail counts for it.'),
  graceSeconds: span,
});

const scheduleChange = scheduleInput
  .pick({
    name: true,
    n: true,
    variance: true,
    graceSeconds: true,
    cron: true,
    timezone: true,
    earlySeconds: true,
  })
  .partial()
  .extend({ isPaused: z.boolean().optional() });

export async function isBlind({ tx, tenant, now, services }: Scope): Promise<boolean> {
  const longAgo = new Date(0);
  return staleDoors(await services.doorsOf(tx, tenant), now, longAgo).length > 0;
}

/** How many of the next mails are foretold. */
export const FORETOLD = 6;

export function presentSchedule(stream: ListedStream, { tenant, now }: Pick<Scope, 'tenant' | 'now'>) {
  return {
    ...stream,
    cron: stream.cron?.expression ?? null,
    timezone: stream.cron?.timezone ?? null,
    earlySeconds: stream.cron?.earlySeconds ?? null,
    usual: usualTime(stream, stream.arrivals, stream.cron?.timezone ?? tenant.timeZone),
    zoneShift: zoneShiftOf(stream, tenant.timeZone),
    forecast: stream.isPaused ? [] : forecast(stream, stream.arrivals, now, FORETOLD),
    graceSeconds: Math.round(graceMs(stream) / 1000),
    expectation: describeExpectation(stream),
    nextDueAt: expectedBy(stream),
    since: stream.breachSince,
    eventId: stream.breachEventId,
  };
}

/** By the mails that are listed. */
export function zoneShiftOf({ cron, arrivals }: ListedStream, likely: string) {
  return cron && findZoneShift(cron, [...arrivals].reverse(), likely);
}

/** As it stands now. @throws NotFound */
export async function showSchedule(scope: Scope, id: string) {
  const { tx, tenant, now } = scope;
  return presentSchedule(await getListedStream(tx, tenant.id, id, now, await isBlind(scope)), scope);
}

export const scheduleOperations = [
  operation({
    id: 'listSchedules',
    method: 'get',
    path: '/schedules',
    summary: 'Schedules, those in trouble first, then by their next due',
    permission: 'read',
    query: z.object({ ...paging, status: status.optional() }),
    answer: pageOf(schedule),
    handle: async (scope, { query }) => {
      const { tx, tenant, now } = scope;
      const { items, nextCursor } = await listStreams(tx, tenant.id, query, now, await isBlind(scope));
      return { items: items.map((stream) => presentSchedule(stream, scope)), nextCursor };
    },
  }),

  operation({
    id: 'declareSchedule',
    method: 'post',
    path: '/schedules',
    summary:
      'Declare a schedule: N ± V mails of an org path or a sender per period, or one at each cron time',
    permission: 'work',
    body: scheduleInput,
    answer: schedule,
    creates: true,
    handle: async (scope, { body }) => {
      const { id } = await declareStream(scope.tx, scope.tenant.id, body, scope.now);
      return showSchedule(scope, id);
    },
  }),

  operation({
    id: 'getSchedule',
    method: 'get',
    path: '/schedules/{id}',
    summary: 'One schedule',
    permission: 'read',
    answer: schedule,
    handle: async (scope, { params }) => showSchedule(scope, params.id),
  }),

  operation({
    id: 'changeSchedule',
    method: 'patch',
    path: '/schedules/{id}',
    summary: 'Change an expectation, pause it or resume it; what is left out stays',
    permission: 'work',
    body: scheduleChange,
    answer: schedule,
    handle: async (scope, { params, body }) => {
      const { tx, tenant, actor, now } = scope;
      const before = await getStream(tx, tenant.id, params.id);
      const after = await changeStream(tx, tenant.id, params.id, body, now);
      if (after.isPaused && before.breachEventId) {
        const ending = { at: now, by: actor.name, why: 'the schedule was paused' };
        await endVerdicts(tx, tenant.id, new Map([[before.breachEventId, ending]]), true);
      }
      return showSchedule(scope, params.id);
    },
  }),

  operation({
    id: 'confirmSchedule',
    method: 'post',
    path: '/schedules/{id}/confirmation',
    summary:
      'Say of a tag that was changed whether the new numbers hold, or the former ones whatever it says',
    permission: 'work',
    body: z.object({ accept: z.boolean() }),
    answer: schedule,
    handle: async (scope, { params, body }) => {
      await confirmChange(scope.tx, scope.tenant.id, params.id, body.accept);
      return showSchedule(scope, params.id);
    },
  }),

  operation({
    id: 'mergeSchedule',
    method: 'post',
    path: '/schedules/{id}/merge',
    summary: 'Two streams are one, as when a server was renamed: its mails count for the other from now on',
    permission: 'work',
    body: z.object({ into: z.string() }),
    answer: schedule,
    handle: async (scope, { params, body }) => {
      const { tx, tenant, actor, now } = scope;
      const { breachEventId } = await getStream(tx, tenant.id, params.id);
      const { id, name } = await mergeStreams(tx, tenant.id, params.id, body.into, now);
      if (breachEventId) {
        const ending = { at: now, by: actor.name, why: `the schedule was merged into “${name}”` };
        await endVerdicts(tx, tenant.id, new Map([[breachEventId, ending]]), true);
      }
      return showSchedule(scope, id);
    },
  }),

  operation({
    id: 'removeSchedule',
    method: 'delete',
    path: '/schedules/{id}',
    summary: 'Remove a schedule; a tagged one comes back with its next mail',
    permission: 'work',
    answer: schedule,
    handle: async (scope, { params }) => {
      const { tx, tenant, actor, now } = scope;
      const removed = await showSchedule(scope, params.id);
      if (removed.breachEventId) {
        const ending = { at: now, by: actor.name, why: 'the schedule was removed' };
        await endVerdicts(tx, tenant.id, new Map([[removed.breachEventId, ending]]), true);
      }
      await removeStream(tx, tenant.id, params.id);
      return removed;
    },
  }),
];
