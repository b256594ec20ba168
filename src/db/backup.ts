/**
 * The whole installation as one file, and back: gzip of JSON lines, the same for both databases, so that a team may
 * move from the embedded one to a server. Rows are written as PostgreSQL's own JSON, so nothing is lost on the way.
 */
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import readline from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { DataSource } from 'typeorm';
import { AppError } from '../kernel/errors.ts';
import { acrossTenants, oneRow, rows, type Tx } from './transaction.ts';

const FORMAT = 'datamer-backup';
const VERSION = 1;

/**
 * In the order in which rows may refer to each other. Sessions and leases are of running processes and browsers;
 * people sign in again.
 */
const TABLES = [
  'tenants',
  'addresses',
  'users',
  'memberships',
  'tokens',
  'groups',
  'group_members',
  'subscriptions',
  'mailboxes',
  'mailbox_states',
  'mails',
  'waiting_mails',
  'quarantine',
  'orgs',
  'rules',
  'events',
  'event_signals',
  'mses',
  'mail_texts',
  'changes',
  'outbox',
  'deliveries',
  'streams',
  'stream_arrivals',
  'doors',
  'door_outages',
] as const;

/** Rows in memory at once; a mail may have megabytes. */
const ROWS_AT_ONCE = 100;

interface Header {
  format: typeof FORMAT;
  version: number;
  migrations: string[];
  /** Says whether stored passwords can be read again, without telling the key. */
  keyMark: string;
}

export interface BackupCounts {
  tables: number;
  rows: number;
}

/** One consistent picture of the database. @throws AppError when the file cannot be written */
export async function writeBackup(
  dataSource: DataSource,
  file: string,
  secretKey: string,
): Promise<BackupCounts> {
  const gzip = createGzip({ level: 6 });
  const output = fs.createWriteStream(file, { flags: 'wx', mode: 0o600 });
  gzip.pipe(output);
  const done = finished(output);
  const write = async (value: unknown): Promise<void> => {
    if (!gzip.write(`${JSON.stringify(value)}\n`))
      await new Promise((resolve) => gzip.once('drain', resolve));
  };
  const counts: BackupCounts = { tables: TABLES.length, rows: 0 };
  const dumped = acrossTenants(dataSource, async (tx) => {
    await tx.query('set transaction isolation level repeatable read');
    await write(await describe(tx, secretKey));
    for (const table of TABLES) counts.rows += await dumpTable(tx, table, write);
  });
  try {
    // A disk that fills up ends the writing, not only the last write.
    await Promise.race([dumped, done.then(() => dumped)]);
    gzip.end();
    await done;
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw new AppError(`The backup could not be written to ${file}: ${String(error)}`, {
      code: 'backup-failed',
      cause: error,
    });
  }
  return counts;
}

async function describe(tx: Tx, secretKey: string): Promise<Header> {
  const ran = await rows<{ name: string }>(tx, 'select name from migrations order by id');
  return {
    format: FORMAT,
    version: VERSION,
    migrations: ran.map(({ name }) => name),
    keyMark: keyMark(secretKey),
  };
}

function keyMark(secretKey: string): string {
  return createHmac('sha256', secretKey).update('datamer backup').digest('hex').slice(0, 16);
}

async function dumpTable(tx: Tx, table: string, write: (value: unknown) => Promise<void>): Promise<number> {
  let count = 0;
  await write({ table });
  await tx.query(`declare dump no scroll cursor for select to_jsonb(t) as row from ${table} t`);
  for (;;) {
    const batch = await rows<{ row: unknown }>(tx, `fetch ${ROWS_AT_ONCE} from dump`);
    for (const { row } of batch) await write(row);
    count += batch.length;
    if (batch.length < ROWS_AT_ONCE) break;
  }
  await tx.query('close dump');
  return count;
}

/** @throws AppError when the database is not empty, or the file or its key does not fit */
export async function readBackup(
  dataSource: DataSource,
  file: string,
  secretKey: string,
): Promise<BackupCounts> {
  return acrossTenants(dataSource, async (tx) => {
    if (await oneRow(tx, 'select 1 from tenants limit 1')) {
      throw new AppError('The database is not empty. Restore into an empty database or data folder.', {
        code: 'not-empty',
      });
    }
    const counts: BackupCounts = { tables: 0, rows: 0 };
    let table: { name: string; columns: string } | null = null;
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      if (table && batch.length > 0) await insertRows(tx, table.name, table.columns, batch);
      counts.rows += batch.length;
      batch = [];
    };
    let isHeader = true;
    for await (const line of linesOf(file)) {
      if (isHeader) {
        await requireFitting(tx, line, file, secretKey);
        isHeader = false;
      } else if (line.startsWith('{"table":')) {
        await flush();
        const { table: name } = JSON.parse(line) as { table: string };
        table = { name: requireKnown(name), columns: await columnsOf(tx, name) };
        counts.tables += 1;
      } else {
        batch.push(line);
        if (batch.length >= ROWS_AT_ONCE) await flush();
      }
    }
    await flush();
    if (counts.tables < TABLES.length) {
      throw new AppError(`${file} ends early: it is cut off, and nothing was restored.`, {
        code: 'backup-cut',
      });
    }
    return counts;
  });
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const input = fs.createReadStream(file).pipe(createGunzip());
  try {
    yield* readline.createInterface({ input, crlfDelay: Infinity });
  } catch (error) {
    throw new AppError(`${file} cannot be read as a backup: ${String(error)}`, {
      code: 'no-backup',
      cause: error,
    });
  }
}

async function requireFitting(tx: Tx, line: string, file: string, secretKey: string): Promise<void> {
  const header = parseHeader(line);
  if (header?.format !== FORMAT)
    throw new AppError(`${file} is no backup of DaTamer.`, { code: 'no-backup' });
  const ran = await rows<{ name: string }>(tx, 'select name from migrations order by id');
  const here = ran.map(({ name }) => name);
  if (JSON.stringify(here) !== JSON.stringify(header.migrations)) {
    throw new AppError(
      'The backup was made by another version of DaTamer. Restore it with that version, then upgrade.',
      { code: 'other-version' },
    );
  }
  if (header.keyMark !== keyMark(secretKey)) {
    throw new AppError(
      'The backup was made with another DATAMER_SECRET_KEY: stored passwords could not be read. Set that key and try again.',
      { code: 'other-key' },
    );
  }
}

function parseHeader(line: string): Header | null {
  try {
    return JSON.parse(line) as Header;
  } catch {
    return null;
  }
}

function requireKnown(table: string): string {
  if ((TABLES as readonly string[]).includes(table)) return table;
  throw new AppError(`The backup has an unknown table ${table}.`, { code: 'no-backup' });
}

/** Columns that are written; generated ones compute themselves. */
async function columnsOf(tx: Tx, table: string): Promise<string> {
  const found = await rows<{ name: string }>(
    tx,
    `select column_name as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [table],
  );
  return found.map(({ name }) => `"${name}"`).join(', ');
}

async function insertRows(tx: Tx, table: string, columns: string, lines: readonly string[]): Promise<void> {
  await rows(
    tx,
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [`[${lines.join(',')}]`],
  );
}
