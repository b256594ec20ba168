/**
 * The SMTP and LMTP doors. A recipient is an address of a tenant or is refused at RCPT; 250 is said only after
 * the database has committed; anything that may get better answers 4xx, so that the sender keeps the mail.
 */
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerAddress, type SMTPServerSession } from 'smtp-server';
import { type Clock, MINUTE, SECOND } from '../../kernel/clock.ts';
import { describeError } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import type { AcceptedMail, ArrivedMail } from '../accept.ts';
import type { Certificate } from './certificate.ts';

/** Advertised as SIZE; a larger mail is answered 552 (contract §4). */
export const LARGEST_MAIL = 50 * 1024 * 1024;

/** Mails being received at once may hold this much memory together; above it senders are asked to wait (452). */
const LARGEST_RECEIVING = 256 * 1024 * 1024;

/** A host that opens connections and lets them hang must not use up all sockets. */
const MOST_CONNECTIONS = 500;

const RFC_5321_TIMEOUT = 5 * MINUTE;

export interface SmtpDoorOptions {
  kind: 'smtp' | 'lmtp';
  port: number;
  /** TLS from the first byte; otherwise STARTTLS is offered. */
  isTls: boolean;
  certificate: Certificate;
  hostName: string;
  clock: Clock;
  log: Log;
  findTenant: (recipient: string) => Promise<TenantId | null>;
  accept: (tenantId: TenantId, mail: ArrivedMail) => Promise<AcceptedMail>;
}

export interface OpenDoor {
  port: number;
  close: () => Promise<void>;
}

/** @throws Error when the port is taken */
export async function openSmtpDoor(options: SmtpDoorOptions): Promise<OpenDoor> {
  const receiving = new MemoryBudget(LARGEST_RECEIVING);
  const log = options.log.child({ door: options.kind });
  const server = new SMTPServer({
    name: options.hostName,
    banner: 'DaTamer',
    lmtp: options.kind === 'lmtp',
    secure: options.isTls,
    ...options.certificate,
    authOptional: true,
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    maxClients: MOST_CONNECTIONS,
    socketTimeout: RFC_5321_TIMEOUT,
    closeTimeout: 3 * SECOND,
    logger: false,
    onRcptTo: (recipient, _session, answer) => {
      void answerRecipient(options, recipient, log).then(answer);
    },
    onData: (stream, session, answer) => {
      void receive(options, receiving, stream, session, log).then(
        (replies) => {
          answer(null, replies);
        },
        (error: unknown) => {
          answer(error as Error);
        },
      );
    },
  });
  server.on('error', (error: Error) => {
    // Broken connections land here one by one; none of them stops the door.
    log.debug({ error: error.message }, 'connection ended with an error');
  });
  return listen(server, options.port);
}

async function listen(server: SMTPServer, port: number): Promise<OpenDoor> {
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** An answer with its SMTP code, as smtp-server expects it. */
class SmtpAnswer extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, message: string) {
    super(message);
    this.responseCode = responseCode;
  }
}

const TRY_LATER = '4.3.0 The mail cannot be stored at the moment, please try again later';

async function answerRecipient(
  { findTenant }: SmtpDoorOptions,
  recipient: SMTPServerAddress,
  log: Log,
): Promise<SmtpAnswer | null> {
  try {
    if (await findTenant(recipient.address)) return null;
    return new SmtpAnswer(550, `5.1.1 There is no mailbox ${recipient.address} here`);
  } catch (error) {
    log.warn({ error: describeError(error) }, 'recipient cannot be looked up, sender asked to try later');
    return new SmtpAnswer(451, TRY_LATER);
  }
}

/** @returns one reply for SMTP, one for each recipient for LMTP (RFC 2033 §4.2) */
async function receive(
  options: SmtpDoorOptions,
  budget: MemoryBudget,
  stream: Readable & { sizeExceeded?: boolean },
  session: SMTPServerSession,
  log: Log,
): Promise<string | (string | SmtpAnswer)[]> {
  const held = await readAll(stream, budget);
  try {
    if (stream.sizeExceeded) throw new SmtpAnswer(552, '5.3.4 The mail is larger than 50 MB');
    if (!held.isWhole) throw new SmtpAnswer(452, '4.3.1 Too much mail at once, please try again later');
    const mail: ArrivedMail = { raw: held.bytes, receivedAt: options.clock.now(), door: options.kind };
    const replies = await Promise.all(
      session.envelope.rcptTo.map(({ address }) => storeFor(options, address, mail, log)),
    );
    if (options.kind === 'lmtp') return replies;
    // One answer for all: if one tenant's copy failed, the sender keeps the mail and the others' are duplicates.
    for (const reply of replies) if (reply instanceof SmtpAnswer) throw reply;
    return String(replies[0]);
  } finally {
    held.release();
  }
}

async function storeFor(
  { findTenant, accept }: SmtpDoorOptions,
  recipient: string,
  mail: ArrivedMail,
  log: Log,
): Promise<string | SmtpAnswer> {
  try {
    const tenantId = await findTenant(recipient);
    if (!tenantId) return new SmtpAnswer(550, `5.1.1 There is no mailbox ${recipient} here`);
    const { mseId } = await accept(tenantId, mail);
    return `2.0.0 OK ${mseId}`;
  } catch (error) {
    log.warn({ error: describeError(error) }, 'mail could not be stored, sender asked to try later');
    return new SmtpAnswer(451, TRY_LATER);
  }
}

/** Memory that mails in transit hold, all connections together. */
class MemoryBudget {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false;
    this.#used += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

interface HeldMail {
  bytes: Buffer;
  /** False when the budget ran out: the rest was read and thrown away. */
  isWhole: boolean;
  release: () => void;
}

async function readAll(
  stream: Readable & { sizeExceeded?: boolean },
  budget: MemoryBudget,
): Promise<HeldMail> {
  const chunks: Buffer[] = [];
  let held = 0;
  let isWhole = true;
  const release = (): void => {
    budget.giveBack(held);
  };
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      // Past a limit nothing more is kept, but all is read: the answer can be given only after the final dot.
      isWhole &&= !stream.sizeExceeded && budget.take(chunk.length);
      if (!isWhole) continue;
      chunks.push(chunk);
      held += chunk.length;
    }
  } catch (error) {
    release();
    throw error;
  }
  return { bytes: Buffer.concat(chunks), isWhole, release };
}
