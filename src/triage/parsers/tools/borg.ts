/** BorgBackup, mailed by the script around it: "terminating with … status" says how it went. */
import type { ToolParser } from '../parser.ts';

export const borg: ToolParser = {
  tool: 'borg',
  signs: [
    { subject: '[borg]' },
    { subject: 'borg check' },
    { subject: 'borg backup' },
    { subject: 'borg create' },
    { body: 'status, rc ' },
  ],
  clues: [
    { in: 'subject', pattern: /\b(?:FAILED|failed|errors found)\b/, means: { state: 'failure' } },
    { in: 'body', pattern: /terminating with (?<state>success|warning|error) status/ },
    { in: 'subject', pattern: /(?<service>borg (?:check|prune|compact))\b/ },
    { in: 'subject', pattern: / on (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i },
    { in: 'subject', pattern: / of (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i },
  ],
  words: { warning: { state: 'success' }, error: { state: 'failure' } },
  otherwise: { severity: null, service: 'borg backup' },
  isAboutSender: true,
};
