/** Synology DSM: sentences about pools, volumes, drives and backup tasks, signed by the NAS. */
import type { ToolParser } from '../parser.ts';

export const synology: ToolParser = {
  tool: 'synology',
  signs: [{ body: 'synology diskstation' }, { body: 'synology nas' }, { from: 'synology' }],
  clues: [
    { in: 'body', pattern: /^From (?<host>[\w.-]{1,253})\s*$/m },
    {
      in: 'subject',
      pattern:
        /(?<service>(?:Storage Pool|Volume|Drive|Disk|SSD Cache) \d{1,2})\b.{0,80}? (?:has |is |was )(?<level>degraded|crashed|failing|abnormal|been repaired|running out of space|normal)\b/i,
    },
    { in: 'subject', pattern: / - (?<service>.{1,100}?) (?<state>successful|completed|failed)\b/i },
    { in: 'subject', pattern: /\bavailable\b/i, means: { state: 'report' } },
  ],
  words: {
    degraded: { state: 'problem', severity: 'critical' },
    crashed: { state: 'problem', severity: 'critical' },
    failing: { state: 'problem', severity: 'critical' },
    abnormal: { state: 'problem', severity: 'warn' },
    'running out of space': { state: 'problem', severity: 'warn' },
    'been repaired': { state: 'recovery', severity: 'info' },
  },
  otherwise: { severity: null, hosts: 'none' },
};
