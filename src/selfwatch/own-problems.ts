/** What is wrong at present, across processes and restarts: a row from the first sighting until it is well again. */
import { affected, rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Problem, ProblemSeverity } from './own-letters.ts';

export interface KnownProblem extends Problem {
  since: Date;
  seenAt: Date;
  /** Null until a mail has told of it. */
  toldSeverity: ProblemSeverity | null;
}

/** Seen again, or for the first time. */
export async function recordProblems(
  tx: Tx,
  tenantId: TenantId,
  problems: readonly Problem[],
  now: Date,
): Promise<void> {
  if (problems.length === 0) return;
  const distinct = [...new Map(problems.map((problem) => [problem.key, problem])).values()];
  await rows(
    tx,
    `insert into own_problems (tenant_id, key, org, severity, title, detail, since, seen_at)
     select $1, p.key, p.org, p.severity, p.title, p.detail, $3, $3
     from json_to_recordset($2) as p (key text, org text, severity text, title text, detail text)
     on conflict (tenant_id, key) do update set severity = excluded.severity, detail = excluded.detail,
       seen_at = excluded.seen_at
     returning key`,
    [tenantId, JSON.stringify(distinct), now],
  );
}

export async function listProblems(tx: Tx, tenantId: TenantId): Promise<KnownProblem[]> {
  return rows<KnownProblem>(
    tx,
    `select key, org, severity, title, detail, since, seen_at as "seenAt", told_severity as "toldSeverity"
     from own_problems where tenant_id = $1 order by severity, since, key`,
    [tenantId],
  );
}

export async function markTold(tx: Tx, tenantId: TenantId, { key, severity }: Problem): Promise<void> {
  await affected(tx, 'update own_problems set told_severity = $3 where tenant_id = $1 and key = $2', [
    tenantId,
    key,
    severity,
  ]);
}

export async function forgetProblem(tx: Tx, tenantId: TenantId, key: string): Promise<void> {
  await affected(tx, 'delete from own_problems where tenant_id = $1 and key = $2', [tenantId, key]);
}
