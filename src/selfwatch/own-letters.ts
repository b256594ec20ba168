/**
 * What DaTamer writes to itself. The words `OK:`, `PROBLEM:` and `RECOVERY:` in front are understood by triage as any
 * tool's, and everything else of the subject stays the same, so that a problem and its recovery are one signal.
 */
import { createTransport } from 'nodemailer';
import { OWN_DOMAIN } from '../config/own-tenant.ts';
import { orgOf, type ServicePart } from './parts.ts';

export interface OwnLetter {
  messageId: string;
  subject: string;
  text: string;
  at: Date;
}

export type ProblemSeverity = 'warn' | 'critical';

export interface Problem {
  /** What is wrong: the same as long as it lasts. */
  key: string;
  org: string;
  severity: ProblemSeverity;
  /** Neutral: what it is about, such as `mailbox alerts@mail.example.com/INBOX of acme`. */
  title: string;
  detail: string;
}

export const OWN_SENDER = `watch@${OWN_DOMAIN}`;

/** The start of the period that `now` lies in. */
export function slotOf({ everyMs }: ServicePart, now: Date): Date {
  return new Date(Math.floor(now.getTime() / everyMs) * everyMs);
}

export function writeHeartbeat({ name, schedule }: ServicePart, slotAt: Date): OwnLetter {
  return {
    messageId: `<beat.${name}.${slotAt.getTime()}@${OWN_DOMAIN}>`,
    subject: `OK: ${name} works :org:${orgOf(name)}: :info: ${schedule}`,
    text: `${name} works.`,
    at: slotAt,
  };
}

export function writeProblem({ key, org, severity, title, detail }: Problem, at: Date): OwnLetter {
  return {
    messageId: messageIdOf('problem', key, at),
    subject: `PROBLEM: ${shorten(title)} :org:${org}: :${severity}:`,
    text: detail,
    at,
  };
}

export function writeRecovery({ key, org, title }: Problem, since: Date, at: Date): OwnLetter {
  return {
    messageId: messageIdOf('recovery', key, at),
    subject: `RECOVERY: ${shorten(title)} :org:${org}: :info:`,
    text: `It began at ${since.toISOString()}.`,
    at,
  };
}

/** Names come from people and servers: none may begin a header of its own, or push the tags out of sight. */
const LONGEST_TITLE = 150;

function shorten(title: string): string {
  return title.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, LONGEST_TITLE);
}

/** What is no letter of a Message-ID (RFC 5322 §3.2.3), such as a mailbox's own @, becomes a hyphen. */
function messageIdOf(kind: string, key: string, at: Date): string {
  return `<${kind}.${key.replace(/[^a-z0-9.]+/gi, '-').slice(0, 100)}.${at.getTime()}@${OWN_DOMAIN}>`;
}

const writer = createTransport({
  streamTransport: true,
  buffer: true,
  newline: 'windows',
  // Ours to write: no file, no address on the web is put into it.
  disableFileAccess: true,
  disableUrlAccess: true,
});

export async function asMail({ messageId, subject, text, at }: OwnLetter, to: string): Promise<Buffer> {
  const { message } = await writer.sendMail({
    from: { name: 'DaTamer', address: OWN_SENDER },
    to,
    subject,
    text,
    messageId,
    date: at,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  return message as Buffer;
}
