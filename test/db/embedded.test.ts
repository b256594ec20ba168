/** The embedded database: durable, alone in its folder, and out of the way of the event loop. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDatabase, type Database } from '../../src/db/data-source.ts';
import { migrate } from '../../src/db/migrate.ts';
import { inPackage } from '../../src/kernel/package-root.ts';

const folders: string[] = [];
const open: Database[] = [];

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-embedded-'));
  folders.push(folder);
  return folder;
}

async function openIn(folder: string): Promise<Database> {
  const database = await openDatabase({ DATABASE_URL: null, DATAMER_DATA_DIR: folder }, () => undefined);
  open.push(database);
  return database;
}

describe('The embedded database', () => {
  it('calls fsync for every commit', () => {
    // In a process of its own: the calls are counted where PGlite makes them, in a worker's copy of node:fs.
    const script = `
      import fs from 'node:fs';
      import { PGlite } from '@electric-sql/pglite';
      import { DurableNodeFS } from '${inPackage('dist/src/db/embedded/durable-fs.js')}';
      let calls = 0;
      const real = fs.fsyncSync;
      fs.fsyncSync = (handle) => { calls += 1; real(handle); };
      const startParams = [...PGlite.defaultStartParams.filter((one) => one !== '-F'), '-c', 'wal_sync_method=fsync'];
      const db = await PGlite.create({ fs: new DurableNodeFS(process.argv[1]), startParams });
      await db.exec('create table t (a integer)');
      calls = 0;
      for (let commit = 0; commit < 20; commit += 1) await db.exec('insert into t values (1)');
      console.log(calls);
      await db.close();`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script, newFolder()], {
      cwd: inPackage(),
      encoding: 'utf8',
    });
    expect(Number(run.stdout.trim())).toBeGreaterThanOrEqual(20);
  });

  it('is refused to a second process, with what to do', async () => {
    const folder = newFolder();
    await openIn(folder);
    await expect(openIn(folder)).rejects.toThrow(/in use by process \d+.*DATABASE_URL/);
  });

  it('keeps its folder name short enough for any path', async () => {
    const folder = path.join(newFolder(), 'a'.repeat(100), 'b'.repeat(50));
    await openIn(folder);
    await expect(openIn(folder)).rejects.toThrow('in use');
  });

  it('lets timers run while it works', async () => {
    const { dataSource } = await openIn(newFolder());
    await migrate(dataSource, true);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 10);
    const startedAt = performance.now();
    await dataSource.query('select count(*) from generate_series(1, 3000000)');
    const elapsed = performance.now() - startedAt;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(elapsed / 10 / 4);
  });

  it('refuses COPY FROM STDIN, which would end it, and goes on', async () => {
    const { dataSource } = await openIn(newFolder());
    await dataSource.query('create table t (a integer)');
    await expect(dataSource.query('copy t from stdin')).rejects.toThrow('COPY FROM STDIN');
    expect(await dataSource.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('serves transactions that queue for its one session, each whole', async () => {
    const { dataSource } = await openIn(newFolder());
    await dataSource.query('create table counter (n integer); insert into counter values (0)');
    await Promise.all(
      Array.from({ length: 50 }, () =>
        dataSource.transaction(async (tx) => {
          const [row] = await tx.query<{ n: number }[]>('select n from counter');
          await tx.query('update counter set n = $1', [(row?.n ?? 0) + 1]);
        }),
      ),
    );
    expect(await dataSource.query('select n from counter')).toEqual([{ n: 50 }]);
  });
});
