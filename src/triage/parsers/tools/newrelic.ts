/** New Relic: issues as they are today, incidents as they were. */
import type { ToolParser } from '../parser.ts';

export const newrelic: ToolParser = {
  tool: 'newrelic',
  signs: [{ from: 'newrelic' }, { subject: 'priority issue is ' }],
  clues: [
    { in: 'subject', pattern: /^(?<severity>\w{2,12}) priority issue is (?<state>\w{4,15})\b/i },
    { in: 'subject', pattern: /Incident #\d{1,12} (?<state>\w{4,15}): (?<service>.{1,200})/i },
    { in: 'subject', pattern: / on '(?<service>[^']{1,200})'$/ },
    { in: 'body', pattern: /^\s{0,20}Priority: (?<severity>\w{2,12})/m },
    { in: 'body', pattern: /Impacted entit(?:y|ies): (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i },
    { in: 'subject', pattern: / - (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8}) query result/i },
  ],
  words: { activated: { state: 'problem' } },
  otherwise: { severity: null, hosts: 'none' },
};
