/** The read-model of jobs: how each stands and how long its last runs took. */
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import { NotFound } from '../../kernel/errors.ts';
import { isUuid, type EventId, type JobId, type TenantId } from '../../kernel/ids.ts';
import { oneRow, rows, type Tx } from '../../db/transaction.ts';
import type { Run } from './run.ts';

export interface ListedJob {
  id: JobId;
  name: string;
  org: string | null;
  servers: string[];
  sender: string;
  usualSeconds: number | null;
  durations: number[];
  ends: number;
  overlaps: number;
  lastAt: Date;
  /** Since when its oldest open run runs; null when none does. */
  runningSince: Date | null;
  running: number;
  /** The open event of a run that takes too long. */
  overdueEventId: EventId | null;
  /** Of the last run that ended. */
  outcome: Run['outcome'];
  finishedAt: Date | null;
  tookSeconds: number | null;
}

/** A job that has never told of an end is none yet. */
const JOBS = `select j.id, j.name, j.org, j.servers, j.sender, j.usual_seconds as "usualSeconds", j.durations, j.ends,
    j.overlap_count as "overlaps", j.last_at as "lastAt", o."runningSince", coalesce(o.running, 0) as running, o."overdueEventId",
    l.outcome, l.finished_at as "finishedAt", extract(epoch from l.finished_at - l.started_at)::integer as "tookSeconds"
  from jobs j
    left join lateral (
      select min(r.started_at) as "runningSince", count(*)::integer as running,
        (array_agg(r.overdue_event_id order by r.id) filter (where r.overdue_event_id is not null))[1] as "overdueEventId"
      from job_runs r
      where r.tenant_id = j.tenant_id and r.job_id = j.id and r.finished_at is null and r.given_up_at is null
    ) o on true
    left join lateral (
      select r.outcome, r.finished_at, r.started_at from job_runs r
      where r.tenant_id = j.tenant_id and r.job_id = j.id and r.finished_at is not null
      order by r.id desc limit 1
    ) l on true
  where j.tenant_id = $1 and j.ends > 0`;

export interface JobPage {
  items: ListedJob[];
  nextCursor: string | null;
}

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Those that started last first. */
export async function listJobs(
  tx: Tx,
  tenantId: TenantId,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<JobPage> {
  const [at, id] = cursor ? decodeCursor(cursor, positionSchema) : [null, null];
  const found = await rows<ListedJob>(
    tx,
    `${JOBS} and ($2::timestamptz is null or (j.last_at, j.id) < ($2, $3::uuid))
     order by j.last_at desc, j.id desc limit ${limit + 1}`,
    [tenantId, at, id],
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const hasMore = found.length > limit && last;
  return { items, nextCursor: hasMore ? encodeCursor([last.lastAt.toISOString(), last.id]) : null };
}

/** @throws NotFound */
export async function getJob(tx: Tx, tenantId: TenantId, id: string): Promise<ListedJob> {
  const job = isUuid(id) ? await oneRow<ListedJob>(tx, `${JOBS} and j.id = $2`, [tenantId, id]) : undefined;
  if (!job) throw new NotFound('job');
  return job;
}

/** The job of a run that an event says is still running; undefined for other events. */
export async function findJobOfEvent(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
): Promise<{ id: JobId; name: string; usualSeconds: number | null; startedAt: Date } | undefined> {
  return oneRow(
    tx,
    `select j.id, j.name, j.usual_seconds as "usualSeconds", r.started_at as "startedAt"
     from job_runs r join jobs j on j.tenant_id = r.tenant_id and j.id = r.job_id
     where r.tenant_id = $1 and r.overdue_event_id = $2`,
    [tenantId, eventId],
  );
}

export async function countJobs(tx: Tx, tenantId: TenantId): Promise<number> {
  const counted = await oneRow<{ count: number }>(
    tx,
    'select count(*)::integer as count from jobs j where j.tenant_id = $1 and j.ends > 0',
    [tenantId],
  );
  return counted?.count ?? 0;
}

export type ListedRun = Omit<Run, 'dueAt'>;

/** The last runs of each job, newest first. */
export async function listRuns(
  tx: Tx,
  tenantId: TenantId,
  jobIds: readonly JobId[],
  limit: number,
): Promise<Map<JobId, ListedRun[]>> {
  if (jobIds.length === 0) return new Map();
  const found = await rows<ListedRun & { jobId: JobId }>(
    tx,
    `select r.* from unnest($2::uuid[]) as j (id) cross join lateral (
       select n.job_id as "jobId", n.id, n.run_key as "runKey", n.started_at as "startedAt",
         n.finished_at as "finishedAt", n.outcome, n.start_mse as "startMse", n.end_mse as "endMse", n.is_overlapping as "overlaps",
         n.given_up_at as "givenUpAt", n.overdue_event_id as "overdueEventId"
       from job_runs n where n.tenant_id = $1 and n.job_id = j.id order by n.id desc limit ${limit}
     ) r`,
    [tenantId, jobIds],
  );
  const byJob = new Map<JobId, ListedRun[]>(jobIds.map((id) => [id, []]));
  for (const { jobId, ...run } of found) byJob.get(jobId)?.push(run);
  return byJob;
}
