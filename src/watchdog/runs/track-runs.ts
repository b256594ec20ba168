/**
 * Stage: mails that tell of the start or the end of a job's run. A job is known by its first start; ends of jobs that
 * never tell of their start are nothing but mails. The loop of find-overdue.ts judges runs that stay open.
 */
import { affected, rows, type Tx } from '../../db/transaction.ts';
import { endVerdicts } from '../../events/verdicts.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { newId, type JobId, type TenantId } from '../../kernel/ids.ts';
import { countedAt } from '../count-arrivals.ts';
import { listOutages } from '../doors.ts';
import { pairRuns, type PairedRuns } from './pair-runs.ts';
import { usualMs, type JobPace, type Run, type RunMail } from './run.ts';

export async function trackRuns(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly RunMail[],
  now: Date,
): Promise<void> {
  if (mails.length === 0) return;
  const outages = await listOutages(tx, now);
  const counted = mails
    .map((mail) => ({ ...mail, at: countedAt(mail, outages) }))
    .sort((one, other) => one.at.getTime() - other.at.getTime());
  await saveJobs(
    tx,
    tenantId,
    counted.filter(({ phase }) => phase === 'started'),
  );
  const jobs = await loadJobs(tx, tenantId, [...new Set(counted.map(({ jobKey }) => jobKey))]);
  if (jobs.length === 0) return;
  const byKey = groupBy(counted, ({ jobKey }) => jobKey);
  const paired = jobs.map((job) => pairRuns(job, job.openRuns.map(readRun), byKey.get(job.jobKey) ?? []));
  await saveRuns(tx, tenantId, paired);
  await savePaces(
    tx,
    tenantId,
    paired.map(({ pace }) => pace),
  );
  await endOverdue(tx, tenantId, paired, mails);
  await forgetOldRuns(tx, tenantId, paired);
}

/** The latest start tells how a job is called now. */
async function saveJobs(tx: Tx, tenantId: TenantId, starts: readonly RunMail[]): Promise<void> {
  const latest = new Map(starts.map((mail) => [mail.jobKey, mail]));
  if (latest.size === 0) return;
  const written = [...latest.values()].map(({ jobKey, at, name, org, servers, sender, severity, door }) => ({
    id: newId<JobId>(at),
    jobKey,
    at,
    name,
    org,
    servers,
    sender,
    door,
    severity: severity === 'critical' ? 'critical' : 'warn',
  }));
  await rows(
    tx,
    `insert into jobs (tenant_id, id, job_key, name, org, servers, sender, severity, door, last_at)
     select $1, j.id, j."jobKey", j.name, j.org, array(select json_array_elements_text(j.servers)), j.sender, j.severity,
       j.door, j.at
     from json_to_recordset($2) as j (id uuid, "jobKey" text, name text, org text, servers json, sender text,
       severity text, door text, at timestamptz)
     on conflict (tenant_id, job_key) do update set
       name = excluded.name, org = coalesce(excluded.org, jobs.org), servers = excluded.servers,
       severity = excluded.severity, door = excluded.door, last_at = greatest(jobs.last_at, excluded.last_at)
     returning id`,
    [tenantId, JSON.stringify(written)],
  );
}

interface LoadedJob extends JobPace {
  jobKey: string;
  openRuns: StoredRun[];
}

/** Dates come as text out of JSON. */
type StoredRun = Omit<Run, 'startedAt' | 'dueAt'> & { startedAt: string | null; dueAt: string | null };

/**
 * Locked first, until the end of the transaction, and read then: the loop that judges must not tell of a run that has
 * just ended, nor an end miss the event that has just been opened.
 */
async function loadJobs(tx: Tx, tenantId: TenantId, keys: readonly string[]): Promise<LoadedJob[]> {
  const locked = await rows<{ id: JobId }>(
    tx,
    'select id from jobs where tenant_id = $1 and job_key = any($2::text[]) order by id for update',
    [tenantId, keys],
  );
  if (locked.length === 0) return [];
  return rows<LoadedJob>(
    tx,
    `select j.id, j.job_key as "jobKey", j.durations, j.ends, j.overlap_count as "overlaps", (
       select coalesce(json_agg(json_build_object('id', r.id, 'runKey', r.run_key, 'startedAt', r.started_at,
         'startMse', r.start_mse, 'overlaps', r.is_overlapping, 'dueAt', r.due_at, 'overdueEventId', r.overdue_event_id)), '[]')
       from job_runs r
       where r.tenant_id = j.tenant_id and r.job_id = j.id and r.finished_at is null and r.given_up_at is null
     ) as "openRuns"
     from jobs j where j.tenant_id = $1 and j.id = any($2::uuid[])`,
    [tenantId, locked.map(({ id }) => id)],
  );
}

function readRun(stored: StoredRun): Run {
  const { startedAt, dueAt } = stored;
  return {
    ...stored,
    startedAt: startedAt === null ? null : new Date(startedAt),
    dueAt: dueAt === null ? null : new Date(dueAt),
    finishedAt: null,
    outcome: null,
    endMse: null,
    givenUpAt: null,
  };
}

async function saveRuns(tx: Tx, tenantId: TenantId, paired: readonly PairedRuns[]): Promise<void> {
  const written = paired.flatMap(({ pace, runs }) => runs.map((run) => ({ ...run, jobId: pace.id })));
  if (written.length === 0) return;
  await rows(
    tx,
    `insert into job_runs (tenant_id, job_id, id, run_key, started_at, finished_at, outcome, start_mse, end_mse,
       is_overlapping, given_up_at, due_at, overdue_event_id)
     select $1, r."jobId", r.id, r."runKey", r."startedAt", r."finishedAt", r.outcome, r."startMse", r."endMse",
       r."overlaps", r."givenUpAt", r."dueAt", r."overdueEventId"
     from json_to_recordset($2) as r ("jobId" uuid, id uuid, "runKey" text, "startedAt" timestamptz,
       "finishedAt" timestamptz, outcome text, "startMse" uuid, "endMse" uuid, "overlaps" boolean,
       "givenUpAt" timestamptz, "dueAt" timestamptz, "overdueEventId" uuid)
     on conflict (tenant_id, job_id, id) do update set
       finished_at = excluded.finished_at, outcome = excluded.outcome, end_mse = excluded.end_mse,
       is_overlapping = excluded.is_overlapping, given_up_at = excluded.given_up_at, due_at = excluded.due_at
     returning id`,
    [tenantId, JSON.stringify(written)],
  );
}

async function savePaces(tx: Tx, tenantId: TenantId, paces: readonly JobPace[]): Promise<void> {
  const written = paces.map((pace) => {
    const usual = usualMs(pace.durations);
    return { ...pace, usualSeconds: usual === null ? null : Math.round(usual / 1000) };
  });
  await affected(
    tx,
    `update jobs set durations = array(select value::integer from json_array_elements_text(j.durations)),
       usual_seconds = j."usualSeconds", ends = j.ends, overlap_count = j."overlaps"
     from json_to_recordset($2) as j (id uuid, durations json, "usualSeconds" integer, ends integer, "overlaps" integer)
     where jobs.tenant_id = $1 and jobs.id = j.id`,
    [tenantId, JSON.stringify(written)],
  );
}

async function endOverdue(
  tx: Tx,
  tenantId: TenantId,
  paired: readonly PairedRuns[],
  mails: readonly RunMail[],
): Promise<void> {
  const ended = paired.flatMap((one) => one.ended);
  if (ended.length === 0) return;
  const endings = new Map(ended.map(({ eventId, at, why }) => [eventId, { at, by: 'arrival', why }]));
  await endVerdicts(
    tx,
    tenantId,
    endings,
    mails.some(({ door }) => door !== 'import'),
  );
}

/** More than any page shows, and than the median is made of. */
const KEPT_RUNS = 60;

/** At every so many ends: the others of a batch cost nothing. */
const TIDIED_EVERY = 20;

async function forgetOldRuns(tx: Tx, tenantId: TenantId, paired: readonly PairedRuns[]): Promise<void> {
  const full = paired
    .filter(({ pace, runs }) => pace.ends % TIDIED_EVERY < runs.length)
    .map(({ pace }) => pace.id);
  if (full.length === 0) return;
  await affected(
    tx,
    `delete from job_runs r using (
       select o.job_id, o.id from unnest($2::uuid[]) as j (id) cross join lateral (
         select n.job_id, n.id from job_runs n where n.tenant_id = $1 and n.job_id = j.id
         order by n.id desc limit 1000 offset ${KEPT_RUNS}
       ) o
     ) old
     where r.tenant_id = $1 and r.job_id = old.job_id and r.id = old.id
       and (r.finished_at is not null or r.given_up_at is not null)`,
    [tenantId, full],
  );
}
