/**
 * Once a run: a PostgreSQL cluster with a migrated template database, and a migrated image of the embedded one, so
 * that each test file starts from a copy instead of from nothing.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectEmbedded, openDatabase } from '../../src/db/data-source.ts';
import { PgliteServer } from '../../src/db/embedded/pglite-server.ts';
import { migrate } from '../../src/db/migrate.ts';
import { findPostgres } from './installed.ts';
import { runSql, startCluster } from './postgres-cluster.ts';

export interface Prepared {
  /** Of the whole run; removed at its end. */
  folder: string;
  embeddedImage: string;
  postgres: { adminUrl: string; urlPattern: string; pid: number; folder: string } | null;
}

export const TEMPLATE = 'datamer_template';

export default async function prepare(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-test-'));
  const prepared: Prepared = {
    folder,
    embeddedImage: await prepareEmbedded(folder),
    postgres: await preparePostgres(),
  };
  process.env['DATAMER_TEST_PREPARED'] = JSON.stringify(prepared);
}

async function prepareEmbedded(folder: string): Promise<string> {
  const server = await PgliteServer.open({ folder: null, template: null }, fail);
  const dataSource = await connectEmbedded(server);
  await migrate(dataSource, true);
  const image = path.join(folder, 'embedded.tar');
  fs.writeFileSync(image, await server.dump());
  await dataSource.destroy();
  await server.close();
  return image;
}

async function preparePostgres(): Promise<Prepared['postgres']> {
  const binaries = findPostgres();
  if (!binaries) return null;
  const cluster = await startCluster(binaries);
  await runSql(cluster.adminUrl, `create database ${TEMPLATE} owner datamer`);
  const database = await openDatabase({ DATABASE_URL: cluster.url(TEMPLATE), DATAMER_DATA_DIR: '' }, fail);
  await migrate(database.dataSource, false);
  await database.close();
  return {
    adminUrl: cluster.adminUrl,
    urlPattern: cluster.url('%'),
    pid: cluster.pid,
    folder: cluster.folder,
  };
}

function fail(reason: string): void {
  throw new Error(reason);
}
