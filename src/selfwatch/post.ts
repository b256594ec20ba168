/** Hands a mail to one of our own doors, as any sender does. */
import nodemailer from 'nodemailer';
import { SECOND } from '../kernel/clock.ts';

export interface DoorAddress {
  kind: 'smtp' | 'lmtp';
  port: number;
  isTls: boolean;
}

/** The door is on this machine: one that needs longer is in trouble. */
const LIMIT_MS = 10 * SECOND;

/** @throws Error when the door does not take it */
export async function postToDoor(
  { kind, port, isTls }: DoorAddress,
  envelope: { from: string; to: string },
  raw: Buffer,
): Promise<void> {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    lmtp: kind === 'lmtp',
    secure: isTls,
    ignoreTLS: !isTls,
    // To ourselves, by the loopback: the certificate speaks of a name that is not asked for here.
    tls: { rejectUnauthorized: false },
    connectionTimeout: LIMIT_MS,
    greetingTimeout: LIMIT_MS,
    socketTimeout: LIMIT_MS,
    // Ours to read: no file, no address on the web is put into it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ envelope, raw });
  } finally {
    transport.close();
  }
}
