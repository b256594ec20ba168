/** Bounces (RFC 3464, and the free forms of Exim and qmail): the trouble is the delivery; what the undelivered mail says stays with it. */
import type { ToolParser } from '../parser.ts';

export const bounce: ToolParser = {
  tool: 'bounce',

  signs: [
    { from: 'mailer-daemon@' },
    { header: ['content-type', 'delivery-status'] },
    { header: ['x-failed-recipients', ''] },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /\bdelayed\b|\bstill being retried\b/i,
      means: { state: 'problem', service: 'smtp delivery/delay' },
    },
    {
      in: { header: 'x-failed-recipients' },
      pattern: /^\s{0,5}(?<part>\S{1,250})/,
      means: { state: 'failure' },
    },
    { in: 'body', pattern: /^ {2}(?<service>[^\s@<>]{1,64}@[a-z0-9.-]{1,253})$/im },
    { in: 'body', pattern: /^<(?<service>[^\s@<>]{1,64}@[a-z0-9.-]{1,253})>:/im },
  ],
  otherwise: { state: 'failure', severity: null, service: 'smtp delivery' },
  isAboutSender: true,
};
