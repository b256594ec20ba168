/** Both databases for every test that touches one: a copy of the prepared image for each test file. */
import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { connectEmbedded, openDatabase, type Database } from '../../src/db/data-source.ts';
import { PgliteServer } from '../../src/db/embedded/pglite-server.ts';
import { TEMPLATE, type Prepared } from './global-setup.ts';
import { describeWith } from './describe-with.ts';
import { runSql } from './postgres-cluster.ts';

export type DatabaseKind = 'embedded' | 'PostgreSQL';

/** Opened once a file, empty for each test. */
export interface TestDatabase {
  kind: DatabaseKind;
  get: () => Database;
}

/** For stories about another real component, in several kinds of it: the database is the one that is always there. */
export function onEmbeddedDatabase(name: string, tests: (database: TestDatabase) => void): void {
  describe(name, () => {
    tests(manage('embedded'));
  });
}

export function onBothDatabases(name: string, tests: (database: TestDatabase) => void): void {
  describe(`${name}, on the embedded database`, () => {
    tests(manage('embedded'));
  });
  describeWith('PostgreSQL', `${name}, on PostgreSQL`, () => {
    tests(manage('PostgreSQL'));
  });
}

function manage(kind: DatabaseKind): TestDatabase {
  let database: Database | undefined;
  beforeAll(async () => {
    database = kind === 'embedded' ? await openEmbeddedCopy() : await openPostgresCopy();
  });
  beforeEach(async () => {
    if (database) await empty(database);
  });
  afterAll(async () => {
    await database?.close();
  });
  return {
    kind,
    get: () => {
      if (!database) throw new Error('the database is opened before the first test');
      return database;
    },
  };
}

export function prepared(): Prepared {
  return JSON.parse(process.env['DATAMER_TEST_PREPARED'] ?? 'null') as Prepared;
}

async function openEmbeddedCopy(): Promise<Database> {
  const template = new Uint8Array(fs.readFileSync(prepared().embeddedImage));
  const server = await PgliteServer.open({ folder: null, template }, (reason) => {
    throw new Error(reason);
  });
  const dataSource = await connectEmbedded(server);
  return {
    dataSource,
    isEmbedded: true,
    close: async () => {
      await dataSource.destroy();
      await server.close();
    },
  };
}

async function openPostgresCopy(): Promise<Database> {
  const url = await createPostgresDatabase();
  const database = await openDatabase({ DATABASE_URL: url, DATAMER_DATA_DIR: '' }, () => undefined);
  return database;
}

/** A migrated, empty database of its own. @returns its URL */
export async function createPostgresDatabase(template = TEMPLATE): Promise<string> {
  const { postgres } = prepared();
  if (!postgres) throw new Error('no PostgreSQL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runSql(postgres.adminUrl, `create database ${name} template ${template} owner datamer`);
  return postgres.urlPattern.replace('%', name);
}

async function empty({ dataSource }: Database): Promise<void> {
  await dataSource.query('truncate tenants, users, leases, doors, door_outages cascade');
}
