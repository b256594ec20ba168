/** The ZFS event daemon: the state of the pool in the text decides, not the event. */
import type { ToolParser } from '../parser.ts';

export const zfsZed: ToolParser = {
  tool: 'zfs-zed',
  signs: [{ subject: 'zfs ', body: 'eid:' }],
  clues: [
    { in: 'body', pattern: /^\s{0,20}state: (?<level>DEGRADED|FAULTED|UNAVAIL|REMOVED|SUSPENDED)/m },
    {
      in: 'subject',
      pattern: /\b(?:device fault|data error|checksum)\b/i,
      means: { state: 'problem', severity: 'critical' },
    },
    { in: 'subject', pattern: /\bresilver_finish\b/, means: { state: 'recovery', severity: 'info' } },
    { in: 'body', pattern: /^\s{0,20}pool: (?<service>\S{1,100})/m },
    { in: 'body', pattern: /^\s{0,20}host: (?<host>\S{1,253})/m },
    { in: 'subject', pattern: / (?:pool|for) (?<service>\S{1,100}) on (?<host>\S{1,253})$/ },
  ],
  words: {
    faulted: { state: 'problem', severity: 'critical' },
    unavail: { state: 'problem', severity: 'critical' },
    removed: { state: 'problem', severity: 'critical' },
    suspended: { state: 'problem', severity: 'critical' },
  },
  otherwise: { state: 'report', severity: null },
};
