/**
 * Mail that came back or waits (RFC 3464, Postfix, Exchange, the free forms of Exim and qmail): the trouble is the
 * delivery. An alarm inside is read by run-parsers.ts before.
 */
import type { ToolParser } from '../parser.ts';

export const bounce: ToolParser = {
  tool: 'bounce',
  signs: [
    { from: 'mailer-daemon@' },
    { header: ['content-type', 'delivery-status'] },
    { header: ['x-failed-recipients', ''] },
    { from: 'microsoftexchange', subject: ': ' },
    { from: 'postmaster@', subject: 'undeliverable: ' },
    { from: 'postmaster@', subject: 'unzustellbar: ' },
    { subject: 'postfix smtp server: errors from' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /^Postfix SMTP server: errors from/,
      means: { state: 'report', service: 'smtp session' },
    },
    {
      in: 'subject',
      pattern: /\bdelayed\b|\bstill being retried\b|^(?:Zustellung verzögert|Remise retardée) ?: /i,
      means: { state: 'problem', service: 'smtp delivery/delay' },
    },
    {
      in: { header: 'x-failed-recipients' },
      pattern: /^\s{0,5}(?<part>\S{1,250})/,
      means: { state: 'failure' },
    },
    {
      in: 'body',
      pattern:
        /^(?:This is the mail system at host|\s{0,20}Generating server:|\s{0,20}Generierender Server:) (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/im,
      means: { service: 'smtp delivery' },
    },
    { in: 'body', pattern: /^ {2}(?<service>[^\s@<>]{1,64}@[a-z0-9.-]{1,253})$/im },
    { in: 'body', pattern: /^<(?<service>[^\s@<>]{1,64}@[a-z0-9.-]{1,253})>:/im },
  ],
  otherwise: { state: 'failure', severity: null, service: 'smtp delivery' },
  isAboutSender: true,
};
