/** QNAP notification centre: fields with the name of the NAS, severity, application and category. */
import type { ToolParser } from '../parser.ts';

export const qnap: ToolParser = {
  tool: 'qnap',
  signs: [{ body: 'nas name:' }],
  clues: [
    { in: 'body', pattern: /^\s{0,20}NAS Name:\s{1,20}(?<host>\S{1,253})/m },
    { in: 'body', pattern: /^\s{0,20}(?:Severity|Level):\s{1,20}(?<level>\w{2,15})/m },
    { in: 'body', pattern: /^\s{0,20}App Name: (?<service>.{1,100})\n\s{0,20}Category: (?<part>.{1,100})/m },
  ],
  words: {
    error: { state: 'problem', severity: 'critical' },
    info: { state: 'report', severity: 'info' },
    information: { state: 'report', severity: 'info' },
  },
};
