/**
 * Runs that take too long: when a run's due time has come and every mail before it is known, an event says that it is
 * still running. No run is looked at that is not due.
 */
import { affected, rows, type Tx } from '../../db/transaction.ts';
import { openVerdicts, type NewVerdict } from '../../events/verdicts.ts';
import { newId, type EventId, type JobId, type RunId, type TenantId } from '../../kernel/ids.ts';
import { describeSpan } from '../expectation.ts';
import { loadExcuses, type JudgeOptions } from '../find-breaches.ts';
import { afterGrace, type Excuse } from '../verdict.ts';
import { limitMs, usualMs } from './run.ts';

const LARGEST_BATCH = 500;

/** A run is overdue, at `$1`. */
export const HAS_DUE_RUNS = 'exists (select from job_runs where due_at <= $1)';

export async function listTenantsWithDueRuns(tx: Tx, now: Date): Promise<TenantId[]> {
  const found = await rows<{ tenantId: TenantId }>(
    tx,
    `select distinct tenant_id as "tenantId" from job_runs where due_at <= $1`,
    [now],
  );
  return found.map(({ tenantId }) => tenantId);
}

interface DueRun {
  id: RunId;
  jobId: JobId;
  startedAt: Date;
  name: string;
  org: string | null;
  servers: string[];
  severity: 'warn' | 'critical';
  door: string;
  durations: number[];
}

/** Judges one batch of a tenant's due runs. @returns true when there may be more */
export async function findOverdueRuns(tx: Tx, tenantId: TenantId, options: JudgeOptions): Promise<boolean> {
  const { watermark, now, tells, onVerdict } = options;
  const runs = await takeDueRuns(tx, tenantId, watermark);
  if (runs.length === 0) return false;
  const excuses = await loadExcuses(tx, options);
  const judged = runs.map((run) => judgeRun(run, watermark, excuses));
  const opened = judged.flatMap(({ verdict }) => verdict ?? []);
  await openVerdicts(tx, tenantId, opened, tells, now);
  for (const { at } of opened) onVerdict?.(at);
  await affected(
    tx,
    `update job_runs set due_at = r."dueAt", overdue_event_id = r."eventId"
     from json_to_recordset($2) as r ("jobId" uuid, id uuid, "dueAt" timestamptz, "eventId" uuid)
     where job_runs.tenant_id = $1 and job_runs.job_id = r."jobId" and job_runs.id = r.id`,
    [
      tenantId,
      JSON.stringify(
        judged.map(({ run, dueAt, verdict }) => ({
          jobId: run.jobId,
          id: run.id,
          dueAt,
          eventId: verdict?.id,
        })),
      ),
    ],
  );
  return runs.length === LARGEST_BATCH;
}

/** Locked as track-runs.ts locks them: an end that comes meanwhile waits, and then ends the event. */
async function takeDueRuns(tx: Tx, tenantId: TenantId, watermark: Date): Promise<DueRun[]> {
  return rows<DueRun>(
    tx,
    `select r.id, r.job_id as "jobId", r.started_at as "startedAt", j.name, j.org, j.servers, j.severity, j.door,
       j.durations
     from job_runs r join jobs j on j.tenant_id = r.tenant_id and j.id = r.job_id
     where r.tenant_id = $1 and r.due_at <= $2
     order by r.due_at limit ${LARGEST_BATCH} for update of j, r skip locked`,
    [tenantId, watermark],
  );
}

interface JudgedRun {
  run: DueRun;
  /** When to look again; null: never, it has been told. */
  dueAt: Date | null;
  verdict: NewVerdict | null;
}

/** By what is usual now: that may have changed since it started. Time in which its end could not come in is no delay. */
function judgeRun(run: DueRun, watermark: Date, excuses: readonly Excuse[]): JudgedRun {
  const limit = limitMs(run.durations);
  if (limit === null) return { run, dueAt: null, verdict: null };
  const isBySmtp = run.door === 'smtp' || run.door === 'lmtp';
  const at = new Date(afterGrace(run.startedAt.getTime(), limit, isBySmtp ? excuses : []));
  if (at > watermark) return { run, dueAt: at, verdict: null };
  return { run, dueAt: null, verdict: newVerdict(run, at, limit) };
}

function newVerdict(
  { name, org, servers, severity, startedAt, durations }: DueRun,
  at: Date,
  limit: number,
): NewVerdict {
  const usual = describeSpan(usualMs(durations) ?? 0);
  return {
    id: newId<EventId>(at),
    kind: 'MISSING',
    streamId: null,
    org,
    servers,
    severity,
    title: `${name} is still running after ${describeSpan(limit)}, usually ${usual}`,
    at,
    why: `started ${startedAt.toISOString()}, no end was told; the last ${durations.length} runs took ${usual} (median)`,
    ended: null,
  };
}
