/** Zabbix: the media types Email and Email (HTML). */
import type { ToolParser } from '../parser.ts';

export const zabbix: ToolParser = {
  tool: 'zabbix',

  signs: [
    { from: 'zabbix', body: 'problem' },
    { subject: 'problem: ', body: 'original problem id' },
    { subject: 'resolved', body: 'original problem id' },
  ],
  clues: [
    { in: 'subject', pattern: /^Updated problem/, means: { state: 'acknowledgement', severity: null } },
    { in: 'subject', pattern: /^Resolved\b/, means: { state: 'recovery' } },
    { in: 'subject', pattern: /^Problem\b/, means: { state: 'problem' } },
    { in: 'body', pattern: /^Problem has been resolved/m, means: { state: 'recovery' } },
    { in: 'body', pattern: /^Severity: {0,3}(?<severity>[\w ]{1,20})$/m },
    { in: 'body', pattern: /^Host: {0,3}(?<host>\S{1,253})/m },
    { in: 'body', pattern: /^Problem name: {0,3}(?<service>\S.{0,250})$/m },
    {
      in: 'subject',
      pattern: /^(?:Problem|Resolved|Updated problem)(?: in [\w ]{1,40})?: (?<service>\S.{0,250})$/,
    },
  ],
  words: {
    'not classified': { severity: 'info' },
    average: { severity: 'warn' },
    high: { severity: 'critical' },
  },
};
