import { afterEach, expect, it } from '@jest/globals';
import type { MailboxRow } from '../../src/db/entities/mailbox.entity.ts';
import { startMailServer, type MailServer } from '../../src/demo/mail-server.ts';
import { newImapClient } from '../../src/inbound/imap/connect.ts';
import { readMailbox } from '../../src/inbound/imap/read-mailbox.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { waitFor } from '../support/wait-for.ts';

const ACCOUNT = { username: 'alerts', password: 'secret' };

let server: MailServer;

afterEach(async () => {
  await server.close();
});

function post(subject: string): void {
  server.post([{ at: systemClock.now(), raw: Buffer.from(`Subject: ${subject}\r\n\r\ntext\r\n`) }]);
}

it('reads a mail at once that arrives while another is being stored', async () => {
  server = await startMailServer(ACCOUNT, 1);
  const client = newImapClient({
    ...ACCOUNT,
    host: server.host,
    port: server.port,
    isTls: false,
    acceptsAnyCertificate: false,
  });
  await client.connect();
  post('first');
  const stored: string[] = [];
  const abort = new AbortController();
  const reading = readMailbox(client, {
    mailbox: { folder: 'INBOX', afterStore: 'delete' } as MailboxRow,
    clock: systemClock,
    accept: async (mails) => {
      if (stored.length === 0) post('second');
      stored.push(...mails.map(({ raw }) => raw.toString()));
    },
    getCursor: async () => ({ uidValidity: null, lastUid: 0 }),
    write: async () => undefined,
    whenAsked: async () => new Promise<void>(() => undefined),
    signal: abort.signal,
  });
  // Far less than the 20 s after which the reader asks anyway.
  await waitFor('the second mail', () => stored.length === 2, 5000);
  expect(stored.map((raw) => raw.split('\r\n')[0])).toEqual(['Subject: first', 'Subject: second']);
  abort.abort();
  await reading;
  // Said to the server, which else keeps its timer of half an hour, and the process.
  await client.logout();
});
