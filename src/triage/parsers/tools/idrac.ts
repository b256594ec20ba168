/** Dell iDRAC: the management card writes about its server. */
import type { ToolParser } from '../parser.ts';

export const idrac: ToolParser = {
  tool: 'idrac',

  signs: [{ subject: 'idrac' }, { from: 'idrac' }, { body: 'system host name:', from: 'drac' }],
  clues: [
    {
      in: 'body',
      pattern:
        /^Message: .{0,300}\b(?:within range|returned to normal|is operating normally|restored|cleared|is present|redundancy regained|corrected)\b/im,
      means: { state: 'recovery' },
    },
    { in: 'body', pattern: /^Severity: {0,3}(?<level>\w{1,20})/m },
    { in: 'body', pattern: /^System Host Name: {0,3}(?<host>\S{1,253})/m },
    { in: 'subject', pattern: /iDRAC Alert: (?<host>\S{1,253})/i },
    { in: 'body', pattern: /^Message ID: {0,3}(?<service>\w{1,20})/m },
  ],
  words: {
    informational: { state: 'unknown', severity: 'info' },
    normal: { state: 'recovery', severity: 'info' },
    warning: { state: 'problem', severity: 'warn' },
    critical: { state: 'problem', severity: 'critical' },
  },
  otherwise: { state: 'problem' },
};
