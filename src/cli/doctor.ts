/** `datamer doctor`: looks at every door and dependency and says what to do. Works while `serve` runs on a server. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Command } from 'commander';
import { listTenants } from '../accounts/tenants.ts';
import { isAnybodyThere } from '../accounts/users.ts';
import { EXIT_BAD_CONFIGURATION } from '../config/load.ts';
import { loadSecretKey } from '../config/secret-key.ts';
import type { PortSetting, Settings } from '../config/schema.ts';
import { openDatabase, type Database } from '../db/data-source.ts';
import { listPendingMigrations } from '../db/migrate.ts';
import { acrossTenants, inTenant, oneRow } from '../db/transaction.ts';
import { NoticeSeal } from '../events/notice-seal.ts';
import { getMailbox, listMailboxesToRead, type Mailbox } from '../inbound/imap/mailboxes.ts';
import { showMailbox } from '../inbound/imap/mailbox-url.ts';
import { testMailbox } from '../inbound/imap/test-mailbox.ts';
import { describeError } from '../kernel/errors.ts';
import { SecretBox } from '../kernel/secret-box.ts';
import { openMailTransport } from '../outbound/channels/email/transport.ts';
import { findFaultOfModel } from '../triage/model/overview.ts';
import { CommandFailed, type Context } from './context.ts';

interface Finding {
  what: string;
  status: 'ok' | 'note' | 'failed';
  /** What was seen, and what to do about it. */
  detail: string;
}

export function addDoctorCommand(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('check settings, database, doors, mailboxes and outgoing mail, and say what to do')
    .option('--json', 'print one JSON document')
    .action((options: { json?: boolean }) => examine(context, options));
}

async function examine(context: Context, options: { json?: boolean }): Promise<void> {
  const settings = context.settings();
  const findings: Finding[] = [
    {
      what: 'settings',
      status: 'ok',
      detail: `understood (a fault would end with exit code ${EXIT_BAD_CONFIGURATION})`,
    },
    checkNode(),
    checkDataFolder(settings),
    ...(await checkDatabase(settings)),
    ...(await checkPorts(settings)),
    await checkOutgoing(settings),
  ];
  const ok = findings.every(({ status }) => status !== 'failed');
  if (options.json) context.out(`${JSON.stringify({ ok, findings })}\n`);
  else context.out(findings.map(show).join(''));
  if (!ok) throw new CommandFailed('');
}

function show({ what, status, detail }: Finding): string {
  const mark = { ok: '✓', note: '·', failed: '✗' }[status];
  return `${mark} ${what.padEnd(14)} ${detail}\n`;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isRecent = major > 20 || (major === 20 && minor >= 19);
  return isRecent
    ? { what: 'Node', status: 'ok', detail: process.versions.node }
    : {
        what: 'Node',
        status: 'failed',
        detail: `${process.versions.node} is too old: install 20.19 or newer.`,
      };
}

function checkDataFolder({ DATAMER_DATA_DIR: folder }: Settings): Finding {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.R_OK | fs.constants.W_OK);
    return { what: 'data folder', status: 'ok', detail: path.resolve(folder) };
  } catch (error) {
    const detail = `${path.resolve(folder)} cannot be written: ${describeError(error)}. Change its owner, or DATAMER_DATA_DIR.`;
    return { what: 'data folder', status: 'failed', detail };
  }
}

async function checkDatabase(settings: Settings): Promise<Finding[]> {
  const what = 'database';
  let database: Database;
  try {
    database = await openDatabase(settings, () => undefined);
  } catch (error) {
    return [{ what, status: 'failed', detail: describeError(error) }];
  }
  try {
    const version = await oneRow<{ version: string }>(
      database.dataSource.manager,
      "select current_setting('server_version') as version",
    );
    const pending = await listPendingMigrations(database.dataSource);
    const kind = database.isEmbedded ? 'embedded' : 'server';
    const findings: Finding[] = [
      { what, status: 'ok', detail: `${kind}, PostgreSQL ${version?.version ?? 'of unknown version'}` },
      pending.length === 0
        ? { what: 'schema', status: 'ok', detail: 'up to date' }
        : {
            what: 'schema',
            status: 'note',
            detail: `${pending.length} change(s) to run: they run at the next start, or with datamer migrate.`,
          },
    ];
    if (pending.length > 0) return findings;
    return [
      ...findings,
      ...(await checkTenants(database)),
      ...(await checkModels(database)),
      ...(await checkMailboxes(database, settings)),
    ];
  } finally {
    await database.close();
  }
}

async function checkTenants({ dataSource }: Database): Promise<Finding[]> {
  const tenants = await listTenants(dataSource.manager);
  const hasUsers = await isAnybodyThere(dataSource.manager);
  const detail = hasUsers
    ? `${tenants.length}: ${tenants.map(({ slug }) => slug).join(', ')}`
    : 'nobody can sign in yet: start DaTamer and open the set-up link, or use datamer tenant add and user add.';
  return [{ what: 'tenants', status: hasUsers ? 'ok' : 'note', detail }];
}

/** A model that cannot be read heals itself at the next mail; who wonders why it says less finds the reason here. */
async function checkModels({ dataSource }: Database): Promise<Finding[]> {
  const what = 'model';
  const findings: Finding[] = [];
  for (const { id, slug } of await listTenants(dataSource.manager)) {
    const fault = await inTenant(dataSource, id, (tx) => findFaultOfModel(tx, id));
    if (fault) findings.push({ what, status: 'note', detail: `${slug}: ${fault}` });
  }
  return findings.length > 0 ? findings : [{ what, status: 'ok', detail: 'every stored model can be used' }];
}

async function checkMailboxes({ dataSource }: Database, settings: Settings): Promise<Finding[]> {
  const mailboxes = await acrossTenants(dataSource, listMailboxesToRead);
  const secrets = new SecretBox(loadSecretKey(settings));
  const doors = await Promise.all(
    mailboxes.map(async (mailbox): Promise<Finding> => {
      const what = 'mailbox';
      const name = showMailbox(mailbox);
      try {
        const steps = await testMailbox({ ...mailbox, password: secrets.open(mailbox.passwordBox) });
        const failed = steps.find(({ status }) => status === 'failed');
        if (failed) return { what, status: 'failed', detail: `${name}: ${failed.step}: ${failed.detail}` };
        return { what, status: 'ok', detail: name };
      } catch (error) {
        return { what, status: 'failed', detail: `${name}: ${describeError(error)}` };
      }
    }),
  );
  const sorted = mailboxes.filter(({ afterStore }) => afterStore === 'move');
  const folders: Finding[] = [];
  for (const { tenantId, id } of sorted) {
    folders.push(showFolders(await inTenant(dataSource, tenantId, (tx) => getMailbox(tx, tenantId, id))));
  }
  return [...doors, ...folders];
}

/** What folder mode met when it last worked; the mailbox itself is tested above. */
function showFolders(mailbox: Mailbox): Finding {
  const what = 'folders';
  const name = `${showMailbox(mailbox)} below ${mailbox.rootFolder}`;
  const { foldersLookedAt: lookedAt, foldersError: error, foldersNote: note } = mailbox;
  if (error) return { what, status: 'failed', detail: `${name}: ${error}` };
  if (!lookedAt) return { what, status: 'note', detail: `${name}: not looked at yet, serve does that` };
  const detail = `${name}: looked at ${lookedAt.toISOString()}`;
  return note
    ? { what, status: 'note', detail: `${detail}. Mails lie where that says nothing: ${note}` }
    : { what, status: 'ok', detail };
}

async function checkPorts(settings: Settings): Promise<Finding[]> {
  const ports: [string, PortSetting][] = [
    ['HTTP', settings.DATAMER_HTTP_PORT],
    ['SMTP', settings.DATAMER_SMTP_PORT],
    ['SMTPS', settings.DATAMER_SMTPS_PORT],
    ['LMTP', settings.DATAMER_LMTP_PORT],
  ];
  return Promise.all(ports.map(([name, port]) => checkPort(name, port)));
}

async function checkPort(name: string, port: PortSetting): Promise<Finding> {
  const what = `${name} port`;
  if (port === 'off') return { what, status: 'note', detail: 'off' };
  if (port === 0) return { what, status: 'ok', detail: 'any free one' };
  const error = await tryToListen(port);
  if (!error) return { what, status: 'ok', detail: `${port} is free` };
  if (error.code === 'EADDRINUSE')
    return {
      what,
      status: 'note',
      detail: `${port} is in use: by a running DaTamer, or by another program.`,
    };
  return {
    what,
    status: 'failed',
    detail: `${port} cannot be used: ${error.message}. Ports below 1024 need rights; choose another.`,
  };
}

async function tryToListen(port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', resolve);
    server.listen(port, () => {
      server.close(() => {
        resolve(null);
      });
    });
  });
}

async function checkOutgoing(settings: Settings): Promise<Finding> {
  const what = 'outgoing mail';
  const url = settings.DATAMER_SMTP_OUT_URL;
  if (url === null) {
    return {
      what,
      status: 'note',
      detail: 'DATAMER_SMTP_OUT_URL is not set: notices wait in the outbox and are shown there.',
    };
  }
  const mail = openMailTransport(url, settings.DATAMER_MAIL_FROM, new NoticeSeal('doctor'));
  try {
    await mail.test();
    return { what, status: 'ok', detail: `${new URL(url).host} answers` };
  } catch (error) {
    return {
      what,
      status: 'failed',
      detail: `${new URL(url).host}: ${describeError(error)}. Check DATAMER_SMTP_OUT_URL.`,
    };
  } finally {
    mail.close();
  }
}
