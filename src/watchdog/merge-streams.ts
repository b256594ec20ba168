/** Streams that are one, as when a server was renamed: the key of the first leads to the second from then on. */
import type { TenantId } from '../kernel/ids.ts';
import { Invalid } from '../kernel/errors.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { getStream, removeStream, type Stream } from './streams.ts';

/**
 * What came for the first stream counts for the second, and so does what will come.
 * @throws NotFound, Invalid
 */
export async function mergeStreams(
  tx: Tx,
  tenantId: TenantId,
  from: string,
  into: string,
  now: Date,
): Promise<Stream> {
  const source = await getStream(tx, tenantId, from, 'for update');
  const target = await getStream(tx, tenantId, into, 'for update');
  if (source.id === target.id) {
    throw new Invalid([{ field: 'into', message: 'Choose another schedule: this is the same.' }]);
  }
  await affected(
    tx,
    `insert into stream_arrivals (tenant_id, stream_id, at, mse_id)
     select tenant_id, $3, at, mse_id from stream_arrivals where tenant_id = $1 and stream_id = $2
     on conflict do nothing`,
    [tenantId, source.id, target.id],
  );
  await affected(tx, 'update stream_aliases set stream_id = $3 where tenant_id = $1 and stream_id = $2', [
    tenantId,
    source.id,
    target.id,
  ]);
  await affected(
    tx,
    `insert into stream_aliases (tenant_id, stream_key, stream_id, name, merged_at)
     select tenant_id, stream_key, $3, name, $4 from streams where tenant_id = $1 and id = $2`,
    [tenantId, source.id, target.id, now],
  );
  await removeStream(tx, tenantId, source.id);
  await affected(
    tx,
    `update streams set due_at = judged_until, first_at = least(first_at, $3), last_arrival_at = greatest(last_arrival_at, $4)
     where tenant_id = $1 and id = $2`,
    [tenantId, target.id, source.firstAt, source.lastArrivalAt],
  );
  return getStream(tx, tenantId, target.id);
}

/** @returns by the key of a stream that was merged, the key of the one where its mails count */
export async function findAliases(
  tx: Tx,
  tenantId: TenantId,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const found = await rows<{ from: string; into: string }>(
    tx,
    `select a.stream_key as "from", s.stream_key as "into"
     from stream_aliases a join streams s on s.tenant_id = a.tenant_id and s.id = a.stream_id
     where a.tenant_id = $1 and a.stream_key = any($2)`,
    [tenantId, keys],
  );
  return new Map(found.map(({ from, into }) => [from, into]));
}

/** The names of the streams that were merged into one. */
export async function listMerged(tx: Tx, tenantId: TenantId, id: string): Promise<string[]> {
  const merged = await rows<{ name: string }>(
    tx,
    'select name from stream_aliases where tenant_id = $1 and stream_id = $2 order by merged_at',
    [tenantId, id],
  );
  return merged.map(({ name }) => name);
}
