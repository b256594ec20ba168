/** Jobs whose mails tell of start and end: what runs, how long it took, and what is usual. */
import { z } from 'zod';
import { getJob, listJobs, listRuns } from '../../watchdog/runs/list-jobs.ts';
import { page } from '../page.ts';
import { presentJob, presentJobRun, SHOWN_RUNS } from '../presenters/job.ts';

const PAGE_SIZE = 50;
const SHOWN_IN_FULL = 50;

const querySchema = z.object({ cursor: z.string().max(500).optional().catch(undefined) });

/** Before the pages of schedules, whose ids stand in the same place. */
export const jobPages = [
  page({
    path: '/schedules/jobs',
    permission: 'read',
    load: async ({ tx, tenant, now, timeZone }, request) => {
      const { cursor } = querySchema.parse(request.query);
      const { items, nextCursor } = await listJobs(tx, tenant.id, { limit: PAGE_SIZE, cursor });
      const runs = await listRuns(
        tx,
        tenant.id,
        items.map(({ id }) => id),
        SHOWN_RUNS,
      );
      return {
        view: 'jobs',
        title: 'Jobs',
        data: {
          rows: items.map((job) => presentJob(job, runs.get(job.id) ?? [], now, timeZone)),
          first: cursor ? '/schedules/jobs' : null,
          next: nextCursor && `/schedules/jobs?${new URLSearchParams({ cursor: nextCursor }).toString()}`,
        },
      };
    },
  }),

  page({
    path: '/schedules/jobs/:id',
    permission: 'read',
    load: async ({ tx, tenant, now, timeZone }, request) => {
      const job = await getJob(tx, tenant.id, String(request.params['id']));
      const runs = (await listRuns(tx, tenant.id, [job.id], SHOWN_IN_FULL)).get(job.id) ?? [];
      return {
        view: 'job',
        title: job.name,
        data: {
          row: presentJob(job, runs, now, timeZone),
          runs: runs.map((run) => presentJobRun(run, job, now, timeZone)),
        },
      };
    },
  }),
];
