/** Datadog monitors, in the old wording of subjects and the one with the scope in braces. */
import type { ToolParser } from '../parser.ts';

export const datadog: ToolParser = {
  tool: 'datadog',
  signs: [{ from: '@dtdg.co' }, { from: 'datadog' }, { subject: '[monitor alert] ' }],
  clues: [
    { in: 'subject', pattern: /^\[Monitor Alert\] (?<level>[A-Za-z -]{2,20}): (?<service>.{1,200})/ },
    {
      in: 'subject',
      pattern:
        /(?:^|\] )\[(?<level>[A-Za-z-]{2,15}(?: data)?)(?: on \{[^}]{0,400}\})?\] {0,3}(?<service>\S.{0,200})/,
    },
    { in: 'subject', pattern: /[{,] ?host:(?<host>[^,}\s]{1,253})/g },
  ],
  words: {
    triggered: { state: 'problem', severity: 'critical' },
    're-triggered': { state: 'problem', severity: 'critical' },
    're-warn': { state: 'problem', severity: 'warn' },
    'no data': { state: 'problem', severity: 'warn' },
    're-no data': { state: 'problem', severity: 'warn' },
    recovered: { state: 'recovery', severity: 'info' },
  },
  otherwise: { severity: null, hosts: 'none' },
};
