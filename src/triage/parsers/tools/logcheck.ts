/** logcheck: log lines that its filters do not know. */
import type { ToolParser } from '../parser.ts';

export const logcheck: ToolParser = {
  tool: 'logcheck',

  signs: [
    { subject: ' system events' },
    { subject: ' security events' },
    { subject: ' security alerts' },
    { subject: 'attack alerts' },
  ],
  clues: [
    { in: 'subject', pattern: /attack alerts/i, means: { service: 'attack alerts' } },
    { in: 'subject', pattern: /security (?:events|alerts)/i, means: { service: 'security events' } },
    { in: 'subject', pattern: /^(?<host>[a-z0-9][a-z0-9._-]{0,252}) \d{4}-/ },
  ],
  otherwise: { state: 'problem', severity: null, service: 'system events' },
  isAboutSender: true,
};
