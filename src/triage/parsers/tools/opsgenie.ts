/** Opsgenie: alerts of other tools with a priority; the entity is usually the host. */
import type { ToolParser } from '../parser.ts';

export const opsgenie: ToolParser = {
  tool: 'opsgenie',
  signs: [{ from: 'opsgenie' }, { subject: '[opsgenie] ' }],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[Opsgenie\] (?<state>[A-Za-z]{3,15}): (?:\[(?<severity>P\d)\] )?(?:\[?#\d{1,12}\]? )?(?<service>.{1,200})/i,
    },
    { in: 'body', pattern: /^\s{0,20}Priority: (?<severity>P\d)/m },
    { in: 'body', pattern: /^\s{0,20}Entity: (?<host>\S{1,253})/m },
  ],
  otherwise: { severity: null, hosts: 'none' },
};
