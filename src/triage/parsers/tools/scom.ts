/** Microsoft System Center Operations Manager. */
import type { ToolParser } from '../parser.ts';

export const scom: ToolParser = {
  tool: 'scom',

  signs: [{ subject: 'resolution state:' }, { body: 'last modified by:', subject: 'alert: ' }],
  clues: [
    { in: 'subject', pattern: /Resolution state: (?<state>New|Closed|Acknowledged)/ },
    { in: 'body', pattern: /^Resolution state: (?<state>\w{1,20})/m },
    { in: 'body', pattern: /^Alert Severity: (?<severity>\w{1,20})/m },
    { in: 'body', pattern: /^Path: (?<host>\S{1,253})/m },
    { in: 'body', pattern: /^Source: (?<host>\S{1,253})$/m },
    { in: 'body', pattern: /^Alert: (?<service>\S.{0,200})$/m },
  ],
  words: { error: { severity: 'critical' } },
};
