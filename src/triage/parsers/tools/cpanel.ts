/** cPanel and its service watcher chkservd. */
import type { ToolParser } from '../parser.ts';

export const cpanel: ToolParser = {
  tool: 'cpanel',
  signs: [{ from: 'cpanel' }, { subject: '[chkservd] ' }],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[chkservd\] Service check on (?<host>\S{1,253}) -- (?<level>\w{2,12}): (?<service>\S{1,60})/,
    },
    {
      in: 'subject',
      pattern: /^\[[^\]\s]{1,253}\] (?<level>FAILED|RECOVERED)[^:]{0,8}: (?<service>\S{1,60})/,
    },
    {
      in: 'subject',
      pattern: /\] Drive (?<severity>Critical|Warning): (?<service>\S{1,100})/i,
      means: { state: 'problem' },
    },
    {
      in: 'subject',
      pattern: /\] Backup Failed\b/i,
      means: { state: 'failure', severity: null, service: 'Backup' },
    },
    {
      in: 'subject',
      pattern: /\b(?<service>\w{2,20} login)\b/,
      means: { state: 'report', severity: null },
    },
    { in: 'subject', pattern: /^\[(?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})\]/i },
  ],
  words: {
    failed: { state: 'problem', severity: 'critical' },
    recovered: { state: 'recovery', severity: 'info' },
  },
  otherwise: { severity: null },
};
