/** Site24x7: the subject says monitor and status; a monitor named like a host is the host. */
import type { ToolParser } from '../parser.ts';

export const site24x7: ToolParser = {
  tool: 'site24x7',
  signs: [{ from: 'site24x7' }, { subject: '[site24x7]' }],
  clues: [
    {
      in: 'subject',
      pattern: /^(?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8}) /i,
      means: { service: null },
    },
    { in: 'subject', pattern: /^(?<service>.{1,200}?) (?:is |IN )/ },
    { in: 'subject', pattern: / (?:is )?(?:in )?(?<level>DOWN|UP|TROUBLE|CRITICAL)\b/i },
  ],
  words: { trouble: { state: 'problem', severity: 'warn' } },
  otherwise: { severity: null, hosts: 'none' },
};
