/**
 * The demo's mail server: an IMAP server in memory, on this machine only, so that the demo reads its mail as every
 * installation does. It forgets its mails with the process; the story tells them again.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import hoodiecrow from 'hoodiecrow-imap';
import { formatLocal } from '../kernel/calendar.ts';

/** What the mailbox reader makes use of. STARTTLS stays out: the server's own certificate has expired. */
const PLUGINS = [
  'ID',
  'IDLE',
  'NAMESPACE',
  'UNSELECT',
  'ENABLE',
  'UIDPLUS',
  'SPECIAL-USE',
  'LITERALPLUS',
  'SASL-IR',
  'MOVE',
];

const FOLDER = 'INBOX';
const HOST = '127.0.0.1';

export interface MailAccount {
  username: string;
  password: string;
}

export interface PostedMail {
  at: Date;
  raw: Buffer;
}

export interface MailServer {
  host: string;
  port: number;
  /** Puts mails into the mailbox, each with its own arrival time. */
  post: (mails: readonly PostedMail[]) => void;
  /** Resolves once the reader has stored and deleted everything. */
  whenEmptied: (signal: AbortSignal) => Promise<void>;
  close: () => Promise<void>;
}

/** @param uidValidity another one at each start, because UIDs begin again */
export async function startMailServer(account: MailAccount, uidValidity: number): Promise<MailServer> {
  const imap = hoodiecrow({
    plugins: PLUGINS,
    users: { [account.username]: { password: account.password } },
    storage: { [FOLDER]: { uidvalidity: uidValidity }, '': {} },
  });
  const sockets = new Set<Socket>();
  imap.server.on('connection', (socket) => {
    // Nagle's algorithm costs 40 ms a command here.
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    imap.listen(0, HOST, resolve);
  });
  const isEmpty = (): boolean => imap.getMailbox(FOLDER).messages.length === 0;
  return {
    host: HOST,
    port: (imap.server.address() as AddressInfo).port,
    post: (mails) => {
      for (const { at, raw } of mails)
        imap.appendMessage(FOLDER, [], asInternalDate(at), raw.toString('latin1'));
    },
    whenEmptied: async (signal) => {
      // The server notifies of every mail that goes.
      while (!isEmpty()) await once(imap, 'notify', { signal });
    },
    close: async () => {
      const closed = once(imap.server, 'close');
      imap.server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** `07-Nov-2026 09:30:00 +0000` (RFC 3501 §9, date-time) */
function asInternalDate(at: Date): string {
  return formatLocal(at, 'UTC', 'dd-LLL-yyyy HH:mm:ss ZZZ');
}
