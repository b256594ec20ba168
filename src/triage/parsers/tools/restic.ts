/** restic, mailed by the script around it: its own last lines tell more than the subject. */
import type { ToolParser } from '../parser.ts';

export const restic: ToolParser = {
  tool: 'restic',
  signs: [{ subject: 'restic ' }, { body: 'added to the repository: ' }],
  clues: [
    { in: 'subject', pattern: /(?<service>restic (?:backup|forget|prune|check))\b/i },
    { in: 'subject', pattern: /\b(?<state>failed|failure|success|finished|completed)\b/i },
    { in: 'body', pattern: /^Fatal: /m, means: { state: 'failure' } },
    { in: 'body', pattern: /^snapshot [0-9a-f]{6,64} saved/m, means: { state: 'success' } },
    { in: 'subject', pattern: / on (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i },
  ],
  otherwise: { severity: null, service: 'restic backup' },
  isAboutSender: true,
};
