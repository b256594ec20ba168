/** Netdata: `host needs attention - alert - chart`, with the same in headers. */
import type { ToolParser } from '../parser.ts';

export const netdata: ToolParser = {
  tool: 'netdata',
  signs: [
    { header: ['x-netdata-severity', ''] },
    { from: 'netdata' },
    { subject: ' needs attention - ', body: 'netdata' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /^(?<host>\S{1,253}) (?<level>needs attention|is critical|recovered) - (?<service>.{1,200})/,
    },
    { in: { header: 'x-netdata-severity' }, pattern: /^(?<level>\w{2,12})/ },
    { in: { header: 'x-netdata-host' }, pattern: /^(?<host>\S{1,253})/ },
    { in: { header: 'x-netdata-alert-name' }, pattern: /^(?<service>\S{1,200})/ },
  ],
  words: {
    'needs attention': { state: 'problem', severity: 'warn' },
    'is critical': { state: 'problem', severity: 'critical' },
    recovered: { state: 'recovery', severity: 'info' },
    clear: { state: 'recovery', severity: 'info' },
  },
  otherwise: { severity: null, hosts: 'none' },
};
