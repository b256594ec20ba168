/**
 * Every transaction says whose data it touches. Row-level security reads the setting, so that a query which
 * forgets its tenant finds nothing instead of everything.
 */
import type { DataSource, EntityManager } from 'typeorm';
import { errorCode } from '../kernel/errors.ts';
import { isUuid, type TenantId } from '../kernel/ids.ts';

/** The manager of a transaction that has said whose data it touches. */
export type Tx = EntityManager;

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const LARGEST_ATTEMPT = 3;

export async function inTenant<T>(
  dataSource: DataSource,
  tenantId: TenantId,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  if (!isUuid(tenantId)) throw new Error(`not a tenant id: ${tenantId}`);
  return inScope(dataSource, tenantId, work);
}

/** For the few loops and look-ups that span tenants; the name is meant to be seen in review. */
export async function acrossTenants<T>(dataSource: DataSource, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inScope(dataSource, '*', work);
}

async function inScope<T>(dataSource: DataSource, scope: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await dataSource.transaction(async (tx) => {
        // SET takes no parameters; the scope is a UUID or a star. Local, because the embedded session is shared.
        await tx.query(`set local datamer.tenant = '${scope}'`);
        return work(tx);
      });
    } catch (error) {
      const code = errorCode(error);
      const canRetry = code === SERIALIZATION_FAILURE || code === DEADLOCK;
      if (!canRetry || attempt >= LARGEST_ATTEMPT) throw error;
    }
  }
}

/** Rows of a query, as their reader says they are. */
export async function rows<Row>(tx: Tx, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  return tx.query(sql, parameters);
}

export async function oneRow<Row>(tx: Tx, sql: string, parameters: unknown[] = []): Promise<Row | undefined> {
  return (await rows<Row>(tx, sql, parameters))[0];
}

/**
 * Runs an UPDATE or DELETE and tells how many rows it touched. TypeORM answers `[rows, count]` for these.
 */
export async function affected(tx: Tx, sql: string, parameters: unknown[] = []): Promise<number> {
  const [, count] = await tx.query<[unknown[], number]>(sql, parameters);
  return count;
}

/** Rows of an `UPDATE … RETURNING` or `DELETE … RETURNING`. */
export async function changedRows<Row>(tx: Tx, sql: string, parameters: unknown[] = []): Promise<Row[]> {
  const [changed] = await tx.query<[Row[], number]>(sql, parameters);
  return changed;
}
