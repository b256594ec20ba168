/** healthchecks.io and its installations elsewhere: a job has not reported, or has again. */
import type { ToolParser } from '../parser.ts';

export const healthchecks: ToolParser = {
  tool: 'healthchecks',
  signs: [{ from: 'healthchecks' }, { subject: 'down | ', body: 'ping' }, { subject: 'up | ', body: 'ping' }],
  clues: [
    { in: 'subject', pattern: /^(?<level>DOWN|UP) \| (?<service>.{1,200})/ },
    { in: 'subject', pattern: /\breports?\b/i, means: { state: 'report' } },
  ],
  otherwise: { severity: null, hosts: 'none' },
};
