/** mon (mon.alert): a group of hosts and a service of theirs. */
import type { ToolParser } from '../parser.ts';

export const mon: ToolParser = {
  tool: 'mon',

  signs: [{ header: ['x-mailer', 'mail.alert'] }, { subject: 'alert ', body: 'secs until next alert' }],
  clues: [
    { in: 'subject', pattern: /^UPALERT\b/, means: { state: 'recovery', severity: 'info' } },
    {
      in: 'subject',
      pattern: /^(?:ALERT|TRAP|STARTUPALERT|TRAPTIMEOUT)\b/,
      means: { state: 'problem', severity: null },
    },
    { in: 'subject', pattern: /^[A-Z]{4,14} (?<service>[^\s/]{1,100})\/(?<part>[^\s:]{1,100}):/ },
    { in: 'subject', pattern: /: (?<hosts>[^()]{1,400}?)(?: \(|$)/ },
  ],
  isGroup: true,
};
