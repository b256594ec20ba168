/** PagerDuty: incidents of other tools, so the host stands only in the title. */
import type { ToolParser } from '../parser.ts';

export const pagerduty: ToolParser = {
  tool: 'pagerduty',
  signs: [{ from: 'pagerduty' }, { subject: '[pagerduty ' }],
  clues: [
    { in: 'subject', pattern: /^\[#\d{1,12}\] (?<state>[A-Z]{4,15}): (?<service>.{1,200})/ },
    { in: 'subject', pattern: /^\[PagerDuty (?<state>[A-Z]{4,15})\]/i },
    { in: 'body', pattern: /^\s{0,20}Incident #\d{1,12}: (?<service>.{1,200})/m },
    { in: 'body', pattern: /^\s{0,20}Urgency: (?<severity>\w{2,10})/m },
    {
      in: 'subject',
      pattern: /\b(?:on|of|for|at|host|server) (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i,
    },
    {
      in: 'body',
      pattern: /\b(?:on|of|for|at|host|server) (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i,
    },
  ],
  otherwise: { severity: null, hosts: 'none' },
};
