/**
 * Opens the database: the server that DATABASE_URL names, or the embedded one in the data folder. Everything
 * behind this file is the same SQL on both.
 */
import path from 'node:path';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../migrations/index.ts';
import { AppError, describeError, Unavailable } from '../kernel/errors.ts';
import { SECOND } from '../kernel/clock.ts';
import { lockFolder } from './embedded/folder-lock.ts';
import { PgliteServer } from './embedded/pglite-server.ts';
import { entities } from './entities/index.ts';

/** Enough for every loop and a few dozen requests at once; a shared server sees this many from each process. */
const POOL_SIZE = 12;

/**
 * The embedded database has one session: more clients would only queue inside it, each in a transaction of its
 * own, and a nested wait would last until this limit instead of failing at once.
 */
const CONNECTION_LIMIT_MS = 20 * SECOND;

export interface Database {
  dataSource: DataSource;
  isEmbedded: boolean;
  close: () => Promise<void>;
}

export interface DatabaseSettings {
  DATABASE_URL: string | null;
  DATAMER_DATA_DIR: string;
}

/**
 * @param onDeath told when the embedded database cannot go on: end the process, the next start recovers
 * @throws Unavailable when the server cannot be reached; AppError `folder-in-use`
 */
export async function openDatabase(
  settings: DatabaseSettings,
  onDeath: (reason: string) => void,
): Promise<Database> {
  return settings.DATABASE_URL === null
    ? openEmbedded(settings.DATAMER_DATA_DIR, onDeath)
    : openServer(settings.DATABASE_URL);
}

async function openServer(url: string): Promise<Database> {
  const dataSource = newDataSource({ url, extra: { max: POOL_SIZE, connectionTimeoutMillis: 10 * SECOND } });
  try {
    await dataSource.initialize();
  } catch (error) {
    throw new Unavailable(
      `The database server of DATABASE_URL cannot be used: ${describeError(error)}. ` +
        'Check that it runs, and the user, password and database name.',
      error,
    );
  }
  return { dataSource, isEmbedded: false, close: () => dataSource.destroy() };
}

async function openEmbedded(dataFolder: string, onDeath: (reason: string) => void): Promise<Database> {
  const lock = await lockFolder(dataFolder);
  try {
    const folder = path.join(dataFolder, 'pgdata');
    const server = await PgliteServer.open({ folder, template: null }, onDeath);
    const dataSource = await connectEmbedded(server);
    return {
      dataSource,
      isEmbedded: true,
      close: async () => {
        await dataSource.destroy();
        await server.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw new AppError(`The embedded database in ${dataFolder} cannot be opened: ${describeError(error)}`, {
      code: 'embedded-database',
      cause: error,
    });
  }
}

/** A data source on a running PGlite; tests hand in one in memory. */
export async function connectEmbedded(server: PgliteServer): Promise<DataSource> {
  const dataSource = newDataSource({
    extra: {
      max: POOL_SIZE,
      stream: () => server.stream(),
      // A client that idles away would be made anew for nothing: there is no socket to save.
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: CONNECTION_LIMIT_MS,
    },
  });
  return dataSource.initialize();
}

function newDataSource(options: { url?: string; extra: Record<string, unknown> }): DataSource {
  const common: DataSourceOptions = {
    type: 'postgres',
    entities,
    migrations,
    migrationsTransactionMode: 'all',
    // The pool logs what it cannot recover from; loops and requests see the errors themselves.
    logging: false,
    applicationName: 'datamer',
  };
  return new DataSource({ ...common, ...options });
}
