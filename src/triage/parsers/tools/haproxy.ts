/** HAProxy (email-alert): servers of its backends, seen by the balancer that writes. */
import type { ToolParser } from '../parser.ts';

export const haproxy: ToolParser = {
  tool: 'haproxy',

  signs: [{ subject: '[haproxy alert]' }],
  clues: [
    { in: 'subject', pattern: /Server (?<service>\S{1,200}) is (?<state>UP|DOWN)/ },
    {
      in: 'subject',
      pattern:
        /(?:proxy|backend|Health check for server) (?<service>\S{1,200}) .{0,200}?(?<state>succeeded|failed|no server available)/,
    },
  ],
  words: {
    succeeded: { state: 'recovery' },
    failed: { state: 'problem' },
    'no server available': { state: 'problem' },
  },
  otherwise: { severity: null },
  isAboutSender: true,
};
