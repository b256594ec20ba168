/** `imap[s]://user:password@host:port/FOLDER`, parts percent-encoded: how a mailbox is told to the command line. */
import { Invalid } from '../../kernel/errors.ts';

export interface MailboxAddress {
  host: string;
  port: number;
  isTls: boolean;
  username: string;
  password: string;
  folder: string;
}

const DEFAULT_PORTS = { 'imap:': 143, 'imaps:': 993 };

/** @throws Invalid with what is missing */
export function parseMailboxUrl(text: string): MailboxAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !(url.protocol === 'imap:' || url.protocol === 'imaps:')) {
    throw invalid('Give imap://user:password@host:port/FOLDER, or imaps://… for TLS from the first byte.');
  }
  if (!url.hostname) throw invalid('The host is missing.');
  if (!url.username || !url.password)
    throw invalid('User or password is missing: imap://user:password@host/.');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port ? Number(url.port) : DEFAULT_PORTS[url.protocol],
    isTls: url.protocol === 'imaps:',
    username: decode(url.username),
    password: decode(url.password),
    folder: decode(url.pathname.slice(1)) || 'INBOX',
  };
}

/** For people: never with the password. */
export function showMailbox(mailbox: Omit<MailboxAddress, 'password'>): string {
  const { host, port, isTls, username, folder } = mailbox;
  return `${isTls ? 'imaps' : 'imap'}://${encodeURIComponent(username)}@${host}:${port}/${encodeURI(folder)}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('A % stands alone: write %25 for a percent sign.');
  }
}

function invalid(message: string): Invalid {
  return new Invalid([{ field: 'url', message }]);
}
