/** Uptime Kuma: `[name] [sign state] message`; a monitor named like a host is about it. */
import type { ToolParser } from '../parser.ts';

export const uptimeKuma: ToolParser = {
  tool: 'uptime-kuma',
  signs: [
    { subject: '] [🔴 down]' },
    { subject: '] [✅ up]' },
    { subject: '] server certificate ' },
    { subject: 'kuma testing' },
  ],
  clues: [
    { in: 'subject', pattern: /^\[(?<service>[^\]]{1,200})\] \[\S{1,4} (?<level>Down|Up)\]/ },
    {
      in: 'subject',
      pattern: /^\[(?<service>[^\]]{1,200})\]\[(?<host>[^\]]{1,253})\] server certificate /,
      means: { state: 'problem', severity: 'warn' },
    },
    { in: 'subject', pattern: /^\[(?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})\]/i },
    { in: 'subject', pattern: /\bTesting$/, means: { state: 'unknown', severity: null } },
  ],
  otherwise: { hosts: 'none' },
};
