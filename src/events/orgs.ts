/** Every org path seen, so that patterns are matched against a few hundred paths instead of all events. */
import type { TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';

/** Remembers paths not seen before; the usual batch adds none. */
export async function rememberOrgs(
  tx: Tx,
  tenantId: TenantId,
  paths: Iterable<string | null>,
  now: Date,
): Promise<void> {
  const seen = [...new Set(paths)].filter((path) => path !== null && path !== '');
  if (seen.length === 0) return;
  await rows(
    tx,
    `insert into orgs (tenant_id, path, first_seen_at) select $1, unnest($2::text[]), $3
     on conflict do nothing returning path`,
    [tenantId, seen, now],
  );
}

export async function listOrgs(tx: Tx, tenantId: TenantId): Promise<string[]> {
  const found = await rows<{ path: string }>(tx, 'select path from orgs where tenant_id = $1 order by path', [
    tenantId,
  ]);
  return found.map(({ path }) => path);
}
