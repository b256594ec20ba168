/** Brings the schema up to date. Safe when several processes start at once: one migrates, the others wait. */
import type { DataSource } from 'typeorm';

/** Any constant: the key of the lock that migrating processes share. */
const MIGRATION_LOCK = 7_271_983;

/** @returns names of the migrations that ran now */
export async function migrate(dataSource: DataSource, isEmbedded: boolean): Promise<string[]> {
  if (isEmbedded) return runMigrations(dataSource);
  // A session lock on a connection of its own. Advisory locks are kept off the working paths (they do not
  // distribute), but a migration is one process's work at one moment.
  const runner = dataSource.createQueryRunner();
  await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    return await runMigrations(dataSource);
  } finally {
    await runner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

async function runMigrations(dataSource: DataSource): Promise<string[]> {
  const ran = await dataSource.runMigrations({ transaction: 'all' });
  return ran.map((migration) => migration.name);
}

/** Names of the migrations that this version has and the database has not. */
export async function listPendingMigrations(dataSource: DataSource): Promise<string[]> {
  const known = dataSource.migrations.map(({ name, constructor }) => name ?? constructor.name);
  const hasTable = await dataSource.query<{ exists: boolean }[]>(
    `select to_regclass('migrations') is not null as exists`,
  );
  if (!hasTable[0]?.exists) return known;
  const ran = await dataSource.query<{ name: string }[]>('select name from migrations');
  const names = new Set(ran.map(({ name }) => name));
  return known.filter((name) => !names.has(name));
}
