/**
 * A mailbox of 10,000 mails on Dovecot: until they are stored here, and until they are events, against mbsync
 * (Debian: isync) of the same mailbox into a Maildir. Both keep the mails on the server and sync what they write.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addTenant } from '../src/accounts/tenants.ts';
import { startApp } from '../src/app/app.ts';
import { loadConfig } from '../src/config/load.ts';
import { acrossTenants, oneRow } from '../src/db/transaction.ts';
import { parseMailboxUrl } from '../src/inbound/imap/mailbox-url.ts';
import { addMailbox } from '../src/inbound/imap/mailboxes.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { Dovecot, DOVECOT_PASSWORD } from '../test/support/dovecot.ts';
import { findDovecot } from '../test/support/installed.ts';
import { openBenchDatabases, type BenchDatabase } from './support/databases.ts';
import { benchmarkMails } from './support/mails.ts';

const COUNT = 10_000;
const USER = 'bench';

const program = findDovecot();
if (!program) throw new Error('Dovecot is not installed (Debian: dovecot-imapd)');
const dovecot = await Dovecot.start(program);
try {
  await dovecot.append(USER, await benchmarkMails(COUNT));
  const before = mbsync();
  report('mbsync', before, before);
  for (const database of await openBenchDatabases()) {
    const { stored, triaged } = await measure(database);
    report(`stored, ${database.name}`, stored, before);
    report(`triaged, ${database.name}`, triaged, before);
    database.remove();
  }
  report('mbsync, again', mbsync(), before);
} finally {
  await dovecot.stop();
}
process.exit(0);

/** @returns seconds */
function mbsync(): number {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-mbsync-'));
  const config = path.join(folder, 'mbsyncrc');
  fs.writeFileSync(
    config,
    `IMAPAccount bench
Host 127.0.0.1
Port ${dovecot.port}
User ${USER}
Pass ${DOVECOT_PASSWORD}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account bench

MaildirStore near
Path ${folder}/
Inbox ${folder}/INBOX

Channel bench
Far :far:
Near :near:
Sync Pull
Create Near
SyncState *
`,
  );
  const startedAt = performance.now();
  const { status, stderr } = spawnSync('mbsync', ['-q', '-c', config, '-a'], { encoding: 'utf8' });
  const seconds = (performance.now() - startedAt) / 1000;
  const got = ['new', 'cur'].flatMap((part) => fs.readdirSync(path.join(folder, 'INBOX', part))).length;
  if (status !== 0 || got !== COUNT)
    throw new Error(`mbsync ended with ${String(status)}, ${got} mails: ${stderr}`);
  fs.rmSync(folder, { recursive: true });
  return seconds;
}

async function measure({ url, folder }: BenchDatabase): Promise<{ stored: number; triaged: number }> {
  const settings = loadConfig({
    DATAMER_DATA_DIR: folder,
    DATAMER_HTTP_PORT: '0',
    DATAMER_SMTP_PORT: 'off',
    ...(url ? { DATABASE_URL: url } : {}),
  });
  const app = await startApp(settings, silentLog);
  const { dataSource } = app.parts.database;
  await acrossTenants(dataSource, async (tx) => {
    const now = systemClock.now();
    const tenant = await addTenant(tx, { slug: 'bench', address: 'bench@example.com' }, now);
    const input = { ...parseMailboxUrl(dovecot.url(USER)), afterStore: 'keep' as const };
    await addMailbox(tx, tenant.id, { ...input, acceptsAnyCertificate: true }, app.parts.secrets, now);
  });
  const startedAt = performance.now();
  app.parts.bus.emit('mailboxes changed', null);
  const stored = await secondsUntil(startedAt, async () => (await count('mails')) === COUNT);
  const triaged = await secondsUntil(startedAt, async () => (await count('waiting_mails')) === 0);
  await app.stop();
  return { stored, triaged };

  async function count(table: string): Promise<number> {
    const row = await acrossTenants(dataSource, (tx) =>
      oneRow<{ count: number }>(tx, `select count(*)::int as count from ${table}`),
    );
    return row?.count ?? 0;
  }
}

async function secondsUntil(startedAt: number, isDone: () => Promise<boolean>): Promise<number> {
  while (!(await isDone())) await pause(50);
  return (performance.now() - startedAt) / 1000;
}

function report(what: string, seconds: number, base: number): void {
  process.stdout.write(
    `${what.padEnd(24)} ${seconds.toFixed(2).padStart(7)} s  ${Math.round(COUNT / seconds)
      .toString()
      .padStart(6)} mails/s  ${(base / seconds).toFixed(2)}\n`,
  );
}
