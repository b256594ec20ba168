/** Schedules that DaTamer found in mails without one: a person accepts or refuses. */
import { z } from 'zod';
import { PERIODS } from '../../kernel/calendar.ts';
import { describeExpectation, graceMs, earlyMs } from '../../watchdog/expectation.ts';
import { acceptProposal, refuseProposal } from '../../watchdog/proposals/decide.ts';
import { listProposals, type StoredProposal } from '../../watchdog/proposals/store.ts';
import { maskSubject } from '../../triage/signal.ts';
import { operation, whole } from '../operation.ts';
import { schedule, showSchedule } from './schedules.ts';

const proposal = z
  .object({
    id: z.string(),
    name: z.string(),
    sender: z.string(),
    subject: z.string().describe('Masked: without numbers and words of state.'),
    servers: z.array(z.string()).describe('When several servers send such mail, the one of these.'),
    period: z.enum(PERIODS).describe('Of a cron schedule: the scale of its times.'),
    n: z.number().int(),
    variance: z.number().int(),
    cron: z.string().nullable().describe('Five fields, by the clock of `timezone`; null: so many a period.'),
    timezone: z.string().nullable(),
    earlySeconds: z.number().describe('How long before its time a mail would count for it.'),
    graceSeconds: z.number().describe('How late a mail may be.'),
    spreadSeconds: z.number().int().nullable().describe('Nineteen of twenty mails are nearer to their time.'),
    expectation: z.string().describe('In words.'),
    confidence: z.number().describe('The share of the last times, at most 30, that were met.'),
    met: z.number().int().describe('Of the last times.'),
    seen: z.number().int().describe('How many times that are.'),
    falseAlarmsPerMonth: z
      .number()
      .describe(
        'How often it would have told in its history, per 30 days: whatever was missing there included.',
      ),
    seenFrom: z.date(),
    seenTo: z.date(),
    count: z.number().int().describe('Of the mails that it was found in.'),
    state: z.enum(['proposed', 'accepted', 'refused']),
    decidedBy: z.string().nullable(),
    decidedAt: z.date().nullable(),
  })
  .meta({ id: 'ScheduleProposal' });

export function presentProposal({ pace, recent, signalKey: _signalKey, ...stored }: StoredProposal) {
  const expectation = { ...pace, graceSeconds: null };
  return {
    ...stored,
    period: pace.period,
    n: pace.n,
    variance: pace.variance,
    cron: pace.cron?.expression ?? null,
    timezone: pace.cron?.timezone ?? null,
    earlySeconds: Math.round(earlyMs(expectation) / 1000),
    graceSeconds: Math.round(graceMs(expectation) / 1000),
    expectation: describeExpectation(expectation),
    met: recent.filter(Boolean).length,
    seen: recent.length,
  };
}

export const proposalOperations = [
  operation({
    id: 'listScheduleProposals',
    method: 'get',
    path: '/schedules/proposals',
    summary: 'Schedules found in mails without one that nobody has decided on, the surest first',
    permission: 'read',
    answer: whole(proposal),
    handle: async ({ tx, tenant }) => ({
      items: (await listProposals(tx, tenant.id)).map(presentProposal),
      nextCursor: null,
    }),
  }),

  operation({
    id: 'acceptScheduleProposal',
    method: 'post',
    path: '/schedules/proposals/{id}/acceptance',
    summary: 'Declare the proposed schedule: judged from now on, with the mails that are known',
    permission: 'work',
    answer: schedule,
    creates: true,
    tell: (answer) => ({
      kind: 'ok',
      message: `“${(answer as { name: string }).name}” is watched from now on.`,
    }),
    handle: async (scope, { params }) => {
      const { tx, tenant, actor, now } = scope;
      const { id } = await acceptProposal(tx, tenant.id, params.id, actor.name, maskSubject, now);
      return showSchedule(scope, id);
    },
  }),

  operation({
    id: 'refuseScheduleProposal',
    method: 'post',
    path: '/schedules/proposals/{id}/refusal',
    summary: 'Refuse a proposal: it is not made again',
    permission: 'work',
    answer: proposal,
    tell: () => ({ kind: 'ok', message: 'It will not be proposed again.' }),
    handle: async ({ tx, tenant, actor, now }, { params }) =>
      presentProposal(await refuseProposal(tx, tenant.id, params.id, actor.name, now)),
  }),
];
