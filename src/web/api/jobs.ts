/** Jobs that tell of their start and their end, and their runs. */
import { z } from 'zod';
import { between, SECOND } from '../../kernel/clock.ts';
import { getJob, listJobs, listRuns, type ListedJob, type ListedRun } from '../../watchdog/runs/list-jobs.ts';
import { describeSlowness } from '../../watchdog/runs/run.ts';
import { operation, pageOf, paging } from '../operation.ts';

/** Worst first, as it is shown. */
const JOB_STATUSES = ['overdue', 'running', 'failed', 'ok', 'ended'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

const job = z
  .object({
    id: z.string(),
    name: z.string(),
    org: z.string().nullable(),
    servers: z.array(z.string()),
    sender: z.string(),
    status: z
      .enum(JOB_STATUSES)
      .describe('Of the run that is open, else of the last; `ended` says neither well nor ill.'),
    runningSince: z.date().nullable(),
    running: z.number().int().describe('Runs that are open.'),
    eventId: z.string().nullable().describe('The event of a run that is still running.'),
    usualSeconds: z
      .number()
      .int()
      .nullable()
      .describe('The median of the last 20; null before there are five.'),
    finishedAt: z.date().nullable().describe('Of the last run that ended.'),
    tookSeconds: z.number().int().nullable(),
    overlaps: z.number().int().describe('How often one has started while another was open.'),
  })
  .meta({ id: 'Job' });

const run = z
  .object({
    id: z.string(),
    number: z.string().nullable().describe('As its mails call it: `4711`.'),
    startedAt: z.date().nullable(),
    finishedAt: z.date().nullable(),
    seconds: z.number().int().nullable(),
    outcome: z.enum(['success', 'failure']).nullable(),
    startMse: z.string().nullable(),
    endMse: z.string().nullable(),
    overlaps: z.boolean().describe('It was open at the same time as another.'),
    eventId: z.string().nullable().describe('The event that said that it was still running.'),
    note: z.string().nullable().describe('What is unusual about it.'),
  })
  .meta({ id: 'Run' });

const SHOWN_RUNS = 50;

export function statusOf({ overdueEventId, running, outcome }: ListedJob): JobStatus {
  if (overdueEventId) return 'overdue';
  if (running > 0) return 'running';
  return outcome === 'failure' ? 'failed' : outcome === 'success' ? 'ok' : 'ended';
}

export function presentListedJob(listed: ListedJob) {
  return { ...listed, status: statusOf(listed), eventId: listed.overdueEventId };
}

/** @param durations of the job, for what is usual */
export function presentRun(listed: ListedRun, { durations }: Pick<ListedJob, 'durations'>) {
  const { startedAt, finishedAt, runKey, overdueEventId } = listed;
  const took = startedAt && finishedAt ? between(startedAt, finishedAt) : null;
  return {
    ...listed,
    number: runKey,
    seconds: took === null ? null : Math.round(took / SECOND),
    eventId: overdueEventId,
    note: noteOf(listed, took, durations),
  };
}

function noteOf(
  { startedAt, givenUpAt, overlaps }: ListedRun,
  took: number | null,
  durations: readonly number[],
): string | null {
  if (givenUpAt) return 'never told of its end';
  if (!startedAt) return 'its start was not told';
  return (
    (took === null ? null : describeSlowness(took, durations)) ?? (overlaps ? 'at once with another' : null)
  );
}

export const jobOperations = [
  operation({
    id: 'listJobs',
    method: 'get',
    path: '/jobs',
    summary: 'Jobs whose mails tell of start and end, those that started last first',
    permission: 'read',
    query: z.object(paging),
    answer: pageOf(job),
    handle: async ({ tx, tenant }, { query }) => {
      const { items, nextCursor } = await listJobs(tx, tenant.id, query);
      return { items: items.map(presentListedJob), nextCursor };
    },
  }),

  operation({
    id: 'getJob',
    method: 'get',
    path: '/jobs/{id}',
    summary: 'One job with its last runs',
    permission: 'read',
    answer: job.extend({ runs: z.array(run) }).meta({ id: 'JobWithRuns' }),
    handle: async ({ tx, tenant }, { params }) => {
      const listed = await getJob(tx, tenant.id, params.id);
      const runs = await listRuns(tx, tenant.id, [listed.id], SHOWN_RUNS);
      return {
        ...presentListedJob(listed),
        runs: (runs.get(listed.id) ?? []).map((one) => presentRun(one, listed)),
      };
    },
  }),
];
