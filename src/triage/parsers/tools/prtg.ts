/** PRTG: a sensor of a device; "Down ended (now: Up)" is a recovery. */
import type { ToolParser } from '../parser.ts';

export const prtg: ToolParser = {
  tool: 'prtg',
  signs: [{ from: 'prtg' }, { subject: '[prtg' }],
  clues: [
    { in: 'subject', pattern: / ended \(now: Up\)/i, means: { state: 'recovery', severity: 'info' } },
    { in: 'body', pattern: /^\s{0,20}Status:\s{1,20}(?<level>\w{2,12})/m },
    { in: 'body', pattern: /^\s{0,20}Device:\s{1,20}(?<host>\S{1,253})/m },
    { in: 'body', pattern: /^\s{0,20}Sensor:\s{1,20}(?<service>\S.{0,100}?) \(/m },
    {
      in: 'subject',
      pattern:
        /^\[[^\]]{1,200}\] (?<host>\S{1,253}) (?<service>.{1,80}?) \([^)]{1,80}\) (?<level>Down|Up|Warning|Unusual|Paused)\b/,
    },
  ],
  words: { unusual: { state: 'problem', severity: 'warn' } },
  otherwise: { severity: null, hosts: 'none' },
};
