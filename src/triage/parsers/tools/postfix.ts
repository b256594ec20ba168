/** Postfix: mail that came back or waits, and notices to its postmaster. */
import type { ToolParser } from '../parser.ts';

export const postfix: ToolParser = {
  tool: 'postfix',
  signs: [
    { from: 'mailer-daemon@', body: 'this is the mail system at host' },
    { subject: 'postfix smtp server: errors from' },
  ],
  clues: [
    {
      in: 'body',
      pattern: /^This is the mail system at host (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/m,
      means: { service: 'smtp delivery' },
    },
    { in: 'subject', pattern: /^Undelivered Mail/i, means: { state: 'failure' } },
    { in: 'subject', pattern: /^Delayed Mail|^Warning: /i, means: { state: 'problem' } },
    {
      in: 'subject',
      pattern: /^Postfix SMTP server: errors from/,
      means: { state: 'report', service: 'smtp session' },
    },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
