/** Fail2Ban (actions mail and sendmail). */
import type { ToolParser } from '../parser.ts';

export const fail2ban: ToolParser = {
  tool: 'fail2ban',

  signs: [{ subject: '[fail2ban]' }],
  clues: [
    {
      in: 'subject',
      pattern: /\] (?<service>[^\s:]{1,100}): banned (?<part>\S{2,45})/,
      means: { state: 'problem', severity: null },
    },
    {
      in: 'subject',
      pattern: /\] (?<service>[^\s:]{1,100}): unbanned (?<part>\S{2,45})/,
      means: { state: 'recovery', severity: 'info' },
    },
    {
      in: 'subject',
      pattern: /\] (?<service>[^\s:]{1,100}): (?:started|stopped|summary)\b/,
      means: { state: 'unknown', severity: 'info' },
    },
    { in: 'subject', pattern: / (?:on|from) (?<host>[a-z0-9][a-z0-9._-]{0,252})$/i },
  ],
  isAboutSender: true,
};
