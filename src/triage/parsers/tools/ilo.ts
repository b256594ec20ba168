/** HPE iLO and BladeSystem AlertMail: the severity stands in brackets behind a running number. */
import type { ToolParser } from '../parser.ts';

export const ilo: ToolParser = {
  tool: 'ilo',
  signs: [{ subject: 'alertmail-' }],
  clues: [
    {
      in: 'subject',
      pattern: /AlertMail-\d{1,6}: \(?#? ?(?<level>[A-Z]{2,15}(?: MAJOR| MINOR)?)\)? (?<service>[^:]{1,100})/,
    },
    { in: 'body', pattern: /^\s{0,20}Server: (?<host>\S{1,253})/m },
    { in: 'body', pattern: /^\s{0,20}Enclosure, (?<host>[^,\s]{1,253}),/m },
  ],
  words: {
    caution: { state: 'problem', severity: 'warn' },
    'warning major': { state: 'problem', severity: 'critical' },
    'warning minor': { state: 'problem', severity: 'warn' },
    repaired: { state: 'recovery', severity: 'info' },
    normal: { state: 'recovery', severity: 'info' },
    informational: { state: 'report', severity: 'info' },
  },
  isAboutSender: true,
};
