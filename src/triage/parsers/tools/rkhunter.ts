/** Rootkit Hunter. */
import type { ToolParser } from '../parser.ts';

export const rkhunter: ToolParser = {
  tool: 'rkhunter',

  signs: [{ subject: '[rkhunter]' }, { subject: 'rkhunter' }],
  clues: [
    { in: 'subject', pattern: /warning/i, means: { state: 'problem', severity: 'warn' } },
    { in: 'subject', pattern: / (?:for|on) (?<host>\S{1,253})$/ },
  ],
  otherwise: { state: 'report', severity: null, service: 'rkhunter' },
  isAboutSender: true,
};
