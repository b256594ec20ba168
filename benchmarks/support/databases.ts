/** Both databases for a benchmark, with the durability they have in life. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findPostgres } from '../../test/support/installed.ts';
import { runSql, startCluster, stopCluster } from '../../test/support/postgres-cluster.ts';

export interface BenchDatabase {
  name: string;
  url: string | null;
  folder: string;
  remove: () => void;
}

export async function openBenchDatabases(): Promise<BenchDatabase[]> {
  const databases = [embedded()];
  const binaries = findPostgres();
  if (binaries) databases.push(await server(binaries));
  return databases;
}

function newFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-bench-'));
}

function embedded(): BenchDatabase {
  const folder = newFolder();
  return {
    name: 'embedded',
    url: null,
    folder,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

async function server(binaries: string): Promise<BenchDatabase> {
  const cluster = await startCluster(binaries, { isDurable: true });
  await runSql(cluster.adminUrl, 'create database bench owner datamer');
  const folder = newFolder();
  return {
    name: 'PostgreSQL',
    url: cluster.url('bench'),
    folder,
    remove: () => {
      stopCluster(cluster);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
