/** A PostgreSQL server of the tests' own: a new cluster in a temp folder on a free port, made from installed binaries. */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface Cluster {
  port: number;
  /** For a role that owns its databases and is no superuser, so that row-level security binds it. */
  url: (database: string) => string;
  adminUrl: string;
  pid: number;
  folder: string;
}

/** @param isDurable false writes without waiting for the disk: tests throw everything away */
export async function startCluster(binaries: string, { isDurable = false } = {}): Promise<Cluster> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-pg-'));
  const identity = asUnprivileged(folder);
  const data = path.join(folder, 'data');
  const made = spawnSync(
    path.join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--encoding=UTF8', '--locale=C.UTF-8'],
    { ...identity, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const hasty = ['fsync=off', 'full_page_writes=off'];
  const settings = ['max_connections=200', 'listen_addresses=127.0.0.1', ...(isDurable ? [] : hasty)];
  const server = spawn(
    path.join(binaries, 'postgres'),
    ['-D', data, '-p', String(port), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    { ...identity, stdio: ['ignore', 'ignore', fs.openSync(path.join(folder, 'log'), 'a')], detached: true },
  );
  const adminUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilReady(adminUrl, server, folder);
  await runSql(adminUrl, "create role datamer login nosuperuser createdb password 'datamer'");
  return {
    port,
    adminUrl,
    url: (database) => `postgres://datamer:datamer@127.0.0.1:${port}/${database}`,
    pid: server.pid ?? 0,
    folder,
  };
}

/** PostgreSQL refuses to run as root: then it runs as nobody, in a folder of nobody's. */
function asUnprivileged(folder: string): SpawnOptions {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  fs.chownSync(folder, uid, gid);
  return { uid, gid, cwd: folder };
}

async function waitUntilReady(url: string, server: ChildProcess, folder: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (server.exitCode !== null) break;
    try {
      await runSql(url, 'select 1');
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`PostgreSQL did not start: ${fs.readFileSync(path.join(folder, 'log'), 'utf8')}`);
}

export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}

export function stopCluster({ pid, folder }: Pick<Cluster, 'pid' | 'folder'>): void {
  try {
    // SIGQUIT: at once, without a checkpoint; the folder goes anyway.
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It is gone already.
  }
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
