/** Opens the database for one command and closes it again, whatever happens. */
import type { Settings } from '../config/schema.ts';
import { openDatabase, type Database } from '../db/data-source.ts';
import { migrate } from '../db/migrate.ts';

/** The schema is brought up to date first: a command on an empty installation just works. */
export async function withDatabase<T>(
  settings: Settings,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(settings, (reason) => {
    throw new Error(`the embedded database ended: ${reason}`);
  });
  try {
    await migrate(database.dataSource, database.isEmbedded);
    return await work(database);
  } finally {
    await database.close();
  }
}
