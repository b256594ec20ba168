/** Veeam Backup & Replication (jobs, on the backup server) and Veeam ONE (alarms). */
import type { ToolParser } from '../parser.ts';

export const veeam: ToolParser = {
  tool: 'veeam',
  signs: [
    { subject: '[veeam one] ' },
    { from: 'veeam' },
    { subject: '[success] ', body: 'veeam' },
    { subject: '[warning] ', body: 'veeam' },
    { subject: '[failed] ', body: 'veeam' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /^\[Veeam ONE\] (?<level>\w{2,15}) - (?<service>.{1,200}?)(?: \((?<host>[^)\s]{1,253})\))?$/i,
    },
    { in: 'subject', pattern: /^\[Warning\] /i, means: { state: 'success', severity: 'warn' } },
    { in: 'subject', pattern: /^\[(?<state>Success|Failed)\] /i },
    { in: 'subject', pattern: /^\[\w{4,8}\] (?<service>.{1,150}?)(?: \(\d{1,6} .{0,100})?$/ },
  ],
  words: {
    error: { state: 'problem', severity: 'critical' },
    resolved: { state: 'recovery', severity: 'info' },
  },
  otherwise: { severity: null },
  isAboutSender: true,
};
