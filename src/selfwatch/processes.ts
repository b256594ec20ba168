/** Which processes of the installation say that they live. One that stops properly takes its leave. */
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { later, HOUR } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';

export interface LivingProcess {
  name: string;
  aliveAt: Date;
}

/** A machine that was taken away is spoken of for so long. */
const REMEMBERED_MS = HOUR;

export async function sayAlive(tx: Tx, tenantId: TenantId, name: string, now: Date): Promise<void> {
  await rows(
    tx,
    `insert into own_processes (tenant_id, name, alive_at) values ($1, $2, $3)
     on conflict (tenant_id, name) do update set alive_at = excluded.alive_at returning name`,
    [tenantId, name, now],
  );
}

export async function sayGoodbye(tx: Tx, tenantId: TenantId, name: string): Promise<void> {
  await affected(tx, 'delete from own_processes where tenant_id = $1 and name = $2', [tenantId, name]);
}

export async function listProcesses(tx: Tx, tenantId: TenantId, now: Date): Promise<LivingProcess[]> {
  return rows<LivingProcess>(
    tx,
    `select name, alive_at as "aliveAt" from own_processes where tenant_id = $1 and alive_at > $2 order by name`,
    [tenantId, later(now, -REMEMBERED_MS)],
  );
}

/** When any process of the installation last watched it. */
export async function lastAliveAt(tx: Tx, tenantId: TenantId): Promise<Date | null> {
  const last = await oneRow<{ aliveAt: Date | null }>(
    tx,
    'select max(alive_at) as "aliveAt" from own_processes where tenant_id = $1',
    [tenantId],
  );
  return last?.aliveAt ?? null;
}

export async function forgetSilent(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  await affected(tx, 'delete from own_processes where tenant_id = $1 and alive_at < $2', [
    tenantId,
    later(now, -2 * REMEMBERED_MS),
  ]);
}
