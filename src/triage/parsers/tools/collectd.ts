/** collectd (plugin notify_email). */
import type { ToolParser } from '../parser.ts';

export const collectd: ToolParser = {
  tool: 'collectd',

  signs: [{ from: 'collectd' }, { body: 'plugin instance: ' }],
  clues: [
    { in: 'body', pattern: /^\S{10} \S{8} - (?<level>[A-Z]{4,8})@/m },
    { in: 'subject', pattern: /\b(?<level>OKAY|WARNING|FAILURE)\b/ },
    { in: 'body', pattern: /^Host: (?<host>\S{1,253})/m },
    { in: 'body', pattern: /^Plugin: (?<service>\S{1,100})\nPlugin instance: (?<part>\S{1,100})/m },
    { in: 'body', pattern: /^Plugin: (?<service>\S{1,100})/m },
  ],
  words: {
    okay: { state: 'recovery', severity: 'info' },
    warning: { state: 'problem', severity: 'warn' },
    failure: { state: 'problem', severity: 'critical' },
  },
  isAboutSender: true,
};
