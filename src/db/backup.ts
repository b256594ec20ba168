/**
 * The whole installation as one file, and back: gzip of JSON lines, the same for both databases, so that a team may
 * move from the embedded one to a server. Rows are written as PostgreSQL's own JSON, so nothing is lost on the way.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { pipeline as pipelineOf } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { DataSource } from 'typeorm';
import { OWN_DOMAIN, OWN_TENANT } from '../config/own-tenant.ts';
import { AppError } from '../kernel/errors.ts';
import { acrossTenants, oneRow, rows, type Tx } from './transaction.ts';

const FORMAT = 'datamer-backup';
const VERSION = 1;

/**
 * In the order in which rows may refer to each other. Sessions and leases are of running processes and browsers;
 * people sign in again.
 */
export const TABLES = [
  'tenants',
  'addresses',
  'users',
  'memberships',
  'tokens',
  'groups',
  'group_members',
  'channels',
  'subscriptions',
  'mutes',
  'report_mails',
  'rotas',
  'rota_overrides',
  'mailboxes',
  'mailbox_states',
  'mails',
  'waiting_mails',
  'quarantine',
  'mail_places',
  'mail_folders',
  'place_news',
  'orgs',
  'rules',
  'events',
  'event_signals',
  'mses',
  'mail_texts',
  'changes',
  'outbox',
  'deliveries',
  'held_notices',
  'used_links',
  'listed_events',
  'escalation_policies',
  'escalations',
  'silences',
  'silenced_events',
  'streams',
  'stream_arrivals',
  'stream_aliases',
  'jobs',
  'job_runs',
  'schedule_proposals',
  'servers',
  'event_traits',
  'templates',
  'grouping_verdicts',
  'corrections',
  'models',
  'model_candidates',
  'model_log',
  'doors',
  'door_outages',
  'own_mails',
  'own_problems',
] as const;

/** Rows in memory at once; a mail may have megabytes. */
const ROWS_AT_ONCE = 100;
/** Of tables whose rows usually have megabytes. */
const FEWER_AT_ONCE: Partial<Record<(typeof TABLES)[number], number>> = { models: 2, model_candidates: 2 };
/** Rows that go into one statement when they are restored, in characters. */
const MOST_AT_ONCE = 16 * 2 ** 20;

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

/** One consistent picture of the database. @throws AppError when the file is there already or cannot be written */
export async function writeBackup(
  dataSource: DataSource,
  file: string,
  secretKey: string,
): Promise<BackupCounts> {
  const output = await createFile(file);
  const counts: BackupCounts = { tables: TABLES.length, rows: 0 };
  try {
    await acrossTenants(dataSource, async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      await pipeline(dump(tx, secretKey, counts), createGzip({ level: 6 }), output);
    });
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw notWritten(file, error);
  }
  return counts;
}

/** Never over a file that is there: it may be the only good backup. */
async function createFile(file: string): Promise<fs.WriteStream> {
  const output = fs.createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await once(output, 'open');
  } catch (error) {
    throw notWritten(file, error);
  }
  return output;
}

function notWritten(file: string, error: unknown): AppError {
  return new AppError(`The backup could not be written to ${file}: ${String(error)}`, {
    code: 'backup-failed',
    cause: error,
  });
}

async function* dump(tx: Tx, secretKey: string, counts: BackupCounts): AsyncGenerator<string> {
  yield asLine(await describe(tx, secretKey));
  for (const table of TABLES) {
    yield asLine({ table });
    const atOnce = FEWER_AT_ONCE[table] ?? ROWS_AT_ONCE;
    await tx.query(`declare dump no scroll cursor for select to_jsonb(t) as row from ${table} t`);
    let batch: { row: unknown }[];
    do {
      batch = await rows<{ row: unknown }>(tx, `fetch ${atOnce} from dump`);
      for (const { row } of batch) yield asLine(row);
      counts.rows += batch.length;
    } while (batch.length === atOnce);
    await tx.query('close dump');
  }
}

function asLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
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

/** What the first start makes by itself, the tenant in which DaTamer watches itself and its door, is nobody's yet. */
async function isUntouched(tx: Tx): Promise<boolean> {
  const touched = await oneRow(
    tx,
    `select 1 where exists (select 1 from users) or exists (select 1 from tenants where slug <> $1)
       or exists (select 1 from addresses where address not like $2) or exists (select 1 from mailboxes)`,
    [OWN_TENANT, `%@${OWN_DOMAIN}`],
  );
  return touched === undefined;
}

/** @throws AppError when the database is not empty, or the file or its key does not fit */
export async function readBackup(
  dataSource: DataSource,
  file: string,
  secretKey: string,
): Promise<BackupCounts> {
  return acrossTenants(dataSource, async (tx) => {
    if (!(await isUntouched(tx))) {
      throw new AppError('The database is not empty. Restore into an empty database or data folder.', {
        code: 'not-empty',
      });
    }
    await tx.query(`truncate ${TABLES.join(', ')} cascade`);
    const counts: BackupCounts = { tables: 0, rows: 0 };
    let table: { name: string; columns: string } | null = null;
    let batch: string[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      if (table && batch.length > 0) await insertRows(tx, table.name, table.columns, batch);
      counts.rows += batch.length;
      batch = [];
      size = 0;
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
        size += line.length;
        if (batch.length >= ROWS_AT_ONCE || size >= MOST_AT_ONCE) await flush();
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
  // Its end and its faults reach the loop below through the last stream.
  const text = pipelineOf(fs.createReadStream(file), createGunzip(), () => undefined).setEncoding('utf8');
  let begun: string[] = [];
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const [first = '', ...further] = chunk.split('\n');
      begun.push(first);
      const last = further.pop();
      if (last === undefined) continue;
      yield begun.join('');
      yield* further;
      begun = [last];
    }
  } catch (error) {
    throw new AppError(`${file} cannot be read as a backup: ${String(error)}. Nothing was restored.`, {
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
