/**
 * Mails per second from a file on disk to a triaged event, against mailparser alone on the same mails in one thread.
 *
 *   npm run bench -- triage [count]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { addTenant } from '../src/accounts/tenants.ts';
import { importHistory } from '../src/app/import-history.ts';
import { wire } from '../src/app/wiring.ts';
import { loadConfig } from '../src/config/load.ts';
import { openDatabase } from '../src/db/data-source.ts';
import { migrate } from '../src/db/migrate.ts';
import { acrossTenants } from '../src/db/transaction.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { openBenchDatabases, type BenchDatabase } from './support/databases.ts';
import { benchmarkMails, writeMails } from './support/mails.ts';

const count = Number(process.argv[2] ?? 20_000);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-bench-mails-'));
const mails = await benchmarkMails(count);
await writeMails(folder, mails);

const alone = await parseAlone(mails);
report('mailparser alone', alone, alone);
for (const database of await openBenchDatabases()) {
  try {
    report(`file → event, ${database.name}`, await measure(database), alone);
  } finally {
    database.remove();
  }
}
report('mailparser alone, again', await parseAlone(mails), alone);
fs.rmSync(folder, { recursive: true });
process.exit(0);

async function parseAlone(raws: readonly Buffer[]): Promise<number> {
  const startedAt = performance.now();
  for (const raw of raws) await simpleParser(raw);
  return (raws.length / (performance.now() - startedAt)) * 1000;
}

async function measure({ url, folder: data }: BenchDatabase): Promise<number> {
  const settings = loadConfig({ DATAMER_DATA_DIR: data, ...(url ? { DATABASE_URL: url } : {}) });
  const database = await openDatabase(settings, () => undefined);
  await migrate(database.dataSource, database.isEmbedded);
  const parts = wire(settings, database, systemClock, silentLog);
  const tenant = await acrossTenants(database.dataSource, (tx) =>
    addTenant(tx, { slug: 'bench', address: 'bench@example.com' }, systemClock.now()),
  );
  const { result } = await importHistory(parts, {
    tenant,
    paths: [folder],
    corrections: new Map(),
    until: null,
    onProgress: () => undefined,
  });
  if (result.stored + result.duplicates !== count)
    throw new Error(`only ${result.stored} of ${count} were stored`);
  await database.close();
  return result.read / result.seconds;
}

function report(what: string, rate: number, base: number): void {
  process.stdout.write(
    `${what.padEnd(28)} ${Math.round(rate).toString().padStart(7)} mails/s  ${(rate / base).toFixed(2)}\n`,
  );
}
