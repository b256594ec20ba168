/** Kill -9 in the middle of work: what was acknowledged is there, once; what was not is still with the sender. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { createPostgresDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { Dovecot } from '../support/dovecot.ts';
import { useDovecot } from '../support/use-dovecot.ts';
import { MailSink, type SunkMail } from '../support/mail-sink.ts';
import { killAll, runProgram, Serve, type Environment } from '../support/program.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { waitFor } from '../support/wait-for.ts';

const folders: string[] = [];

function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-crash-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  killAll();
});

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

async function embedded(): Promise<Environment> {
  return Promise.resolve({ DATAMER_DATA_DIR: newFolder() });
}

async function onServer(): Promise<Environment> {
  return { DATAMER_DATA_DIR: newFolder(), DATABASE_URL: await createPostgresDatabase() };
}

async function setUp(environment: Environment): Promise<string> {
  await runProgram(['tenant', 'add', 'acme', '--address', 'alerts@acme.example'], environment);
  const { stdout } = await runProgram(['token', 'add', '--tenant', 'acme', '--role', 'admin'], environment);
  return stdout.trim();
}

/** Somebody is told of everything. */
async function subscribe(serve: Serve, token: string): Promise<void> {
  const ana = { email: 'ana@acme.example', name: 'Ana', role: 'engineer', password: 'correct horse battery' };
  const { id } = await call<{ id: string }>(serve, token, 'POST', '/users', ana);
  const ops = { name: 'Ops', users: [id] };
  const { id: group } = await call<{ id: string }>(serve, token, 'POST', '/groups', ops);
  await call(serve, token, 'POST', '/subscriptions', { group, pattern: '*', level: 'responder' });
}

async function listTitles(serve: Serve, token: string): Promise<string[]> {
  const { items } = await call<List<EventAnswer>>(serve, token, 'GET', '/events');
  return items.map(({ title }) => title);
}

async function countPending(serve: Serve, token: string): Promise<number> {
  const { items } = await call<List<{ state: string }>>(serve, token, 'GET', '/deliveries');
  return items.filter(({ state }) => state === 'pending').length;
}

async function call<T>(
  serve: Serve,
  token: string,
  method: string,
  address: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${serve.baseUrl}/api/v1${address}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function messageIds(serve: Serve, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: List<MseAnswer> = await call(serve, token, 'GET', `/mses?limit=500&cursor=${cursor}`);
    ids.push(...page.items.map(({ messageId }) => messageId ?? ''));
    cursor = page.nextCursor;
  }
  return ids.sort();
}

function mail(id: string): Buffer {
  return Buffer.from(`Message-ID: ${id}\r\nSubject: mail ${id}\r\n\r\n${'some text '.repeat(50)}\r\n`);
}

function crashTests(environmentFor: () => Promise<Environment>): void {
  it('keeps every mail that was answered 250, and none twice', async () => {
    const environment = await environmentFor();
    const token = await setUp(environment);
    const acknowledged: string[] = [];
    let count = 0;
    for (let round = 1; round <= 3; round += 1) {
      const serve = await Serve.start(environment);
      const sending = Array.from({ length: 4 }, async () => {
        const client = await SmtpClient.connect(serve.smtpPort);
        for (;;) {
          count += 1;
          const id = `<crash-${count}@x.example>`;
          const reply = await client.send('a@x.example', ['alerts@acme.example'], mail(id));
          if (reply.startsWith('250')) acknowledged.push(id);
        }
      });
      const ended = Promise.allSettled(sending);
      await waitFor('some mails to be in', () => Promise.resolve(acknowledged.length >= 15 * round));
      await pause(20 * round);
      await serve.kill();
      await ended;
    }
    const startedAt = performance.now();
    const serve = await Serve.start(environment);
    expect(performance.now() - startedAt).toBeLessThan(40_000);
    await waitFor('triage to catch up', async () => {
      const stored = new Set(await messageIds(serve, token));
      return acknowledged.every((id) => stored.has(id));
    });
    const stored = await messageIds(serve, token);
    expect(stored.length).toBe(new Set(stored).size);
    expect(await serve.terminate()).toBe(0);
  });

  it('tells of every event, at whatever step of its notice it was killed', async () => {
    const sink = await MailSink.open();
    try {
      const environment = {
        ...(await environmentFor()),
        DATAMER_SMTP_OUT_URL: sink.url,
        DATAMER_MAIL_FROM: 'datamer@alerts.example',
      };
      const token = await setUp(environment);
      const killed = await Serve.start(environment);
      await subscribe(killed, token);
      const client = await SmtpClient.connect(killed.smtpPort);
      const raise = async (part: string): Promise<void> => {
        const raw = `Message-ID: <${part}@x.example>\r\nSubject: PROBLEM: ${part} is down :critical: :org:${part}.team:\r\n\r\n`;
        expect(await client.send('a@x.example', ['alerts@acme.example'], Buffer.from(raw))).toMatch(/^250/);
      };
      const received: SunkMail[] = [];
      const tellingOf = (part: string): SunkMail[] =>
        received.filter(({ parsed }) => parsed.text?.includes(`${part} is down`));
      let letGo = (): void => undefined;
      const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
      // Both are there as a whole; that of the shop is never answered, and who reads the other's 250 is dead.
      sink.beforeAnswer = async (mail) => {
        received.push(mail);
        await (tellingOf('warehouse').includes(mail) ? isLetGo : new Promise<never>(() => undefined));
        setImmediate(() => process.kill(killed.pid, 'SIGKILL'));
      };
      await raise('shop');
      await raise('warehouse');
      await waitFor('two notices at the mail server', () => received.length === 2);
      await raise('bank');
      await waitFor('a notice that is gathered', async () => (await listTitles(killed, token)).length === 3);
      await raise('archive');
      letGo();
      await killed.whenEnded();
      client.close();

      sink.beforeAnswer = (mail) => Promise.resolve(void received.push(mail));
      const serve = await Serve.start(environment);
      const parts = ['shop', 'warehouse', 'bank', 'archive'];
      const isTold = (part: string): boolean =>
        sink.mails.some(({ parsed }) => parsed.text?.includes(`${part} is down`));
      await waitFor('all to be told', () => parts.every(isTold));
      await waitFor('nothing to be left', async () => (await countPending(serve, token)) === 0);
      for (const part of parts) {
        // The same mail each time, for mail programs and for who filters by our header.
        expect(new Set(tellingOf(part).map(({ parsed }) => parsed.messageId)).size).toBe(1);
        expect(
          new Set(tellingOf(part).map(({ parsed }) => parsed.headers.get('x-datamer-notice'))).size,
        ).toBe(1);
      }
      expect(tellingOf('shop')).toHaveLength(2);
      expect(await serve.terminate()).toBe(0);
    } finally {
      await sink.close();
    }
  });

  describeWith('Dovecot', 'with a mailbox on Dovecot', (program) => {
    const dovecot = useDovecot(program);

    it('brings exactly what was delivered, whatever it was killed in', async () => {
      const environment = await environmentFor();
      const token = await setUp(environment);
      const ids = Array.from({ length: 400 }, (_, index) => `<box-${index}@x.example>`).sort();
      await dovecot.append('crash', ids.map(mail));
      await runProgram(
        [
          'mailbox',
          'add',
          '--tenant',
          'acme',
          '--url',
          dovecot.url('crash'),
          '--after',
          'delete',
          '--tls-insecure',
        ],
        environment,
      );
      for (let round = 0; round < 4; round += 1) {
        const serve = await Serve.start(environment);
        // Somewhere between connecting, storing and deleting.
        await pause(30 * round);
        await serve.kill();
      }
      const serve = await Serve.start(environment);
      await waitFor('the mailbox to be empty', async () => (await dovecot.count('crash')) === 0);
      await waitFor('all mails', async () => (await messageIds(serve, token)).length >= ids.length);
      expect(await messageIds(serve, token)).toEqual(ids);
      expect(await serve.terminate()).toBe(0);
    });
  });
}

describe('Kill -9, on the embedded database', () => {
  crashTests(embedded);
});

describeWith('PostgreSQL', 'Kill -9, on PostgreSQL', () => {
  crashTests(onServer);
});

describeWith('PostgreSQL', 'Two processes on one database', () => {
  describeWith('Dovecot', 'with one mailbox', (program) => {
    it('read it in turn: the second goes on within 30 s of the death of the first', async () => {
      const dovecot = await Dovecot.start(program);
      try {
        const environment = await onServer();
        const token = await setUp(environment);
        await runProgram(
          ['mailbox', 'add', '--tenant', 'acme', '--url', dovecot.url('shared'), '--tls-insecure'],
          environment,
        );
        const first = await Serve.start(environment);
        await dovecot.append('shared', [mail('<one@x>')]);
        await waitFor('the first mail', async () => (await messageIds(first, token)).length === 1);
        const second = await Serve.start(environment);
        await first.kill();
        await dovecot.append('shared', [mail('<two@x>')]);
        await waitFor('the second mail', async () => (await messageIds(second, token)).length === 2, 30_000);
        expect(await second.terminate()).toBe(0);
      } finally {
        await dovecot.stop();
      }
    });
  });
});
