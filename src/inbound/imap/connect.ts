/** Connections to mail servers, and their failures as sentences: what happened, what to do. */
import { ImapFlow } from 'imapflow';
import type { MailboxRow } from '../../db/entities/mailbox.entity.ts';
import { describeError, errorCode } from '../../kernel/errors.ts';
import { SECOND } from '../../kernel/clock.ts';

export type ImapSettings = Pick<
  MailboxRow,
  'host' | 'port' | 'isTls' | 'acceptsAnyCertificate' | 'username'
> & { password: string };

/** A server that does not answer within these is down for our purposes; the reader tries again. */
const CONNECT_LIMIT_MS = 15 * SECOND;
const GREETING_LIMIT_MS = 15 * SECOND;
/** No byte for so long on a connection that asks something every 20 s means that it is dead. */
const SILENCE_LIMIT_MS = 50 * SECOND;

export function newImapClient(settings: ImapSettings): ImapFlow {
  const client = new ImapFlow({
    host: settings.host,
    port: settings.port,
    secure: settings.isTls,
    auth: { user: settings.username, pass: settings.password },
    tls: { rejectUnauthorized: !settings.acceptsAnyCertificate },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: GREETING_LIMIT_MS,
    socketTimeout: SILENCE_LIMIT_MS,
    clientInfo: { name: 'DaTamer' },
  });
  // The command in flight rejects with the same error; without a listener it would end the process.
  client.on('error', () => undefined);
  return client;
}

const ADVICE: Record<string, string> = {
  ENOTFOUND: 'The name of the mail server cannot be resolved. Check the host.',
  EAI_AGAIN: 'The name service does not answer. It is tried again.',
  ECONNREFUSED: 'Nothing listens at that host and port. Check the port (993 with TLS, 143 without).',
  ETIMEDOUT: 'The mail server does not answer. A firewall may be in the way.',
  EHOSTUNREACH: 'The mail server cannot be reached from here.',
  ENETUNREACH: 'The mail server cannot be reached from here.',
  CONNECT_TIMEOUT: 'The mail server does not answer. A firewall may be in the way.',
  GREETING_TIMEOUT:
    'The server accepts the connection but does not greet. TLS may be expected on this port: use imaps://.',
  ETIMEOUT: 'The mail server went silent.',
  ECONNRESET: 'The mail server closed the connection.',
  EPROTO:
    'The TLS handshake failed. This port may not speak TLS: use imap:// (STARTTLS is used where offered).',
  ERR_SSL_WRONG_VERSION_NUMBER: 'This port does not speak TLS. Use imap:// (STARTTLS is used where offered).',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'The certificate is self-signed. Install its authority, or accept any certificate for this mailbox.',
  SELF_SIGNED_CERT_IN_CHAIN:
    'The certificate comes from an authority unknown here. Install it (NODE_EXTRA_CA_CERTS), or accept any certificate for this mailbox.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The certificate chain is incomplete. Install the missing authority (NODE_EXTRA_CA_CERTS).',
  CERT_HAS_EXPIRED: "The server's certificate has expired. Renew it.",
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is for another host name. Use the name that it carries.',
};

/** What a person reads about a failed connection. */
export function explainImapError(error: unknown): string {
  const failure = error as {
    authenticationFailed?: boolean;
    responseText?: string;
    serverResponseCode?: string;
  };
  const said = failure.responseText ? ` The server says: ${failure.responseText}` : '';
  if (failure.authenticationFailed) return `The user name or password is not accepted.${said}`;
  const advice =
    ADVICE[errorCode(error) ?? ''] ?? ADVICE[errorCode((error as { cause?: unknown }).cause) ?? ''];
  if (advice) return advice + said;
  return `${describeError(error)}.${said}`.replace(/\.\.$/, '.');
}
