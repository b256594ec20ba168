/** From a mail's delivery to its event, as a client of the API sees it: by SMTP and by IMAP IDLE, one mail at a time. */
import { setTimeout as pause } from 'node:timers/promises';
import type { List, MseAnswer } from '../test/support/api-shapes.ts';
import { Dovecot } from '../test/support/dovecot.ts';
import { findDovecot } from '../test/support/installed.ts';
import { runProgram, Serve, type Environment } from '../test/support/program.ts';
import { SmtpClient } from '../test/support/smtp-client.ts';
import { openBenchDatabases } from './support/databases.ts';
import { describeMs } from './support/percentile.ts';

const TIMES = 200;
const ADDRESS = 'bench@example.com';

const program = findDovecot();
if (!program) throw new Error('Dovecot is not installed (Debian: dovecot-imapd)');
for (const database of await openBenchDatabases()) {
  const environment: Environment = {
    DATAMER_DATA_DIR: database.folder,
    ...(database.url ? { DATABASE_URL: database.url } : {}),
  };
  const dovecot = await Dovecot.start(program);
  await dovecot.append('bench', []);
  await runProgram(['tenant', 'add', 'bench', '--address', ADDRESS], environment);
  const { stdout } = await runProgram(['token', 'add', '--tenant', 'bench', '--role', 'admin'], environment);
  await runProgram(
    ['mailbox', 'add', '--tenant', 'bench', '--url', dovecot.url('bench'), '--tls-insecure'],
    environment,
  );
  const serve = await Serve.start(environment);
  const token = stdout.trim();
  report(`SMTP → event, ${database.name}`, await bySmtp(serve, token));
  report(`IDLE → event, ${database.name}`, await byIdle(serve, token, dovecot));
  await serve.terminate();
  await dovecot.stop();
  database.remove();
}
process.exit(0);

/** Counted from the final dot, so that the commit before the 250 is part of it. */
async function bySmtp(serve: Serve, token: string): Promise<number[]> {
  const client = await SmtpClient.connect(serve.smtpPort);
  const lags: number[] = [];
  for (let index = 0; index < TIMES; index += 1) {
    const id = `<smtp-${index}@bench.example>`;
    const startedAt = performance.now();
    await client.send('monitor@bench.example', [ADDRESS], mail(id, index));
    await untilEvent(serve, token, id);
    lags.push(performance.now() - startedAt);
  }
  client.close();
  return lags;
}

/** Counted from the server's OK to APPEND. */
async function byIdle(serve: Serve, token: string, dovecot: Dovecot): Promise<number[]> {
  const lags: number[] = [];
  await dovecot.asUser('bench', async (client) => {
    for (let index = 0; index < TIMES; index += 1) {
      const id = `<idle-${index}@bench.example>`;
      await client.append('INBOX', mail(id, index));
      const startedAt = performance.now();
      await untilEvent(serve, token, id);
      lags.push(performance.now() - startedAt);
    }
  });
  // The first finds the reader perhaps still connecting.
  return lags.slice(1);
}

async function untilEvent(serve: Serve, token: string, messageId: string): Promise<void> {
  const address = `${serve.baseUrl}/api/v1/mses?messageId=${encodeURIComponent(messageId)}`;
  for (;;) {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    const { items } = (await answer.json()) as List<MseAnswer>;
    if (items[0]?.eventId) return;
    await pause(5);
  }
}

function mail(id: string, index: number): Buffer {
  return Buffer.from(
    `From: monitor@bench.example\r\nTo: ${ADDRESS}\r\nSubject: PROBLEM: disk on host${index % 50} :warn:\r\n` +
      `Message-ID: ${id}\r\n\r\nvalue ${index}\r\n`,
  );
}

function report(what: string, lags: readonly number[]): void {
  process.stdout.write(`${what.padEnd(28)} ${describeMs(lags)}\n`);
}
