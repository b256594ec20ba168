/** VMware vCenter alarms. */
import type { ToolParser } from '../parser.ts';

export const vmware: ToolParser = {
  tool: 'vmware',

  signs: [{ subject: '[vmware vcenter' }, { body: 'alarm definition:' }],
  clues: [
    { in: 'body', pattern: /^New Status: {0,3}(?<level>\w{1,10})/m },
    { in: 'body', pattern: /^Target: {0,3}(?<host>\S{1,253}) {0,3}$/m },
    { in: 'subject', pattern: /\bAlarm (?<service>[^\]]{1,150})\]/ },
  ],
  words: {
    green: { state: 'recovery', severity: 'info' },
    yellow: { state: 'problem', severity: 'warn' },
    red: { state: 'problem', severity: 'critical' },
    gray: { state: 'unknown' },
  },
};
