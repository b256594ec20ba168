/** MongoDB Ops Manager and Cloud Manager: the alert, and host and port behind it. */
import type { ToolParser } from '../parser.ts';

export const opsmanager: ToolParser = {
  tool: 'opsmanager',
  signs: [
    { subject: '[ops manager] ' },
    { subject: '[cloud manager] ' },
    { from: 'ops-manager', subject: 'alert ' },
  ],
  clues: [
    { in: 'subject', pattern: /Alert OPEN: Host is down/, means: { severity: 'critical' } },
    {
      in: 'subject',
      pattern: /Alert (?<state>[A-Z]{4,15}): (?<service>.{1,200}?)(?: \((?<host>[^)\s]{1,253})\))?$/,
    },
    { in: 'body', pattern: /^\s{0,20}Host: (?<host>\S{1,253})/m },
  ],
  words: { cancelled: { state: 'unknown' } },
  otherwise: { severity: null, hosts: 'none' },
};
