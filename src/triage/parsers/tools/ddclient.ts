/** ddclient: whether a dynamic address could be set. */
import type { ToolParser } from '../parser.ts';

export const ddclient: ToolParser = {
  tool: 'ddclient',

  signs: [{ subject: 'ddclient@' }],
  clues: [
    {
      in: 'body',
      pattern: /^(?:FAILED|FATAL|WARNING): {1,10}(?:updating |file )?(?<service>[a-z0-9.-]{4,253})?/m,
      means: { state: 'failure' },
    },
    {
      in: 'body',
      pattern: /^SUCCESS: {1,10}(?:updating )?(?<service>[a-z0-9.-]{4,253})/m,
      means: { state: 'success' },
    },
    { in: 'body', pattern: /^UPDATE: {1,10}updating (?<service>[a-z0-9.-]{4,253})/m },
    { in: 'subject', pattern: /ddclient@(?<host>\S{1,253})/ },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
