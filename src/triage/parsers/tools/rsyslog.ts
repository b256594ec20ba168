/** rsyslog (ommail): one log message, whose host and program stand behind it. */
import type { ToolParser } from '../parser.ts';

export const rsyslog: ToolParser = {
  tool: 'rsyslog',

  signs: [{ header: ['x-mailer', 'rsyslog-ommail'] }],
  clues: [
    { in: 'subject', pattern: /^\[(?<severity>[a-z]{3,7})\]/ },
    { in: 'body', pattern: /^from (?<host>\S{1,253}) (?<service>[^\s:[\]]{1,100})(?:\[\d{1,8}\])?:/m },
  ],
  words: { err: { severity: null }, error: { severity: null } },
  otherwise: { state: 'problem', severity: null },
  isAboutSender: true,
};
