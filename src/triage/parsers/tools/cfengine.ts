/** CFEngine (cf-execd): the output of an agent run. */
import type { ToolParser } from '../parser.ts';

export const cfengine: ToolParser = {
  tool: 'cfengine',

  signs: [{ from: 'cfengine' }, { from: 'cf-execd' }],
  clues: [
    { in: 'subject', pattern: /\[(?<host>[^\s/\]]{1,253})/ },
    {
      in: 'body',
      pattern: /cf-agent: not found|Failsafe condition triggered|policy failed/,
      means: { state: 'failure' },
    },
  ],
  otherwise: { state: 'report', severity: null, service: 'cf-agent' },
  isAboutSender: true,
};
