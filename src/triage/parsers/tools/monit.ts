/** Monit: its default mail format, and formats of people that keep its event names. */
import type { ToolParser } from '../parser.ts';

export const monit: ToolParser = {
  tool: 'monit',

  signs: [{ header: ['x-mailer', 'monit '] }, { subject: 'monit alert --' }],
  clues: [
    {
      in: 'body',
      pattern:
        /^(?:Monit instance changed|Action done|Action \w{1,20}|PID changed|PPID changed) Service (?<service>\S{1,200})/m,
      means: { state: 'unknown', severity: 'info' },
    },
    {
      in: 'body',
      pattern:
        /^(?<part>[A-Z][A-Za-z]{0,30}(?: [a-z]{1,20}){0,3}) (?:succeeded|not changed|recovered|ok|not matched|doesn't match|passed) Service (?<service>\S{1,200})/m,
      means: { state: 'recovery', severity: 'info' },
    },
    {
      in: 'body',
      pattern: /^(?:Exists|Link up|Exist|Heartbeat received) Service (?<service>\S{1,200})/m,
      means: { state: 'recovery', severity: 'info' },
    },
    {
      in: 'body',
      pattern:
        /^(?:Does not exist|Nonexist|Link down|Data access error|Invalid type|Timeout) Service (?<service>\S{1,200})/m,
      means: { state: 'problem', severity: null },
    },
    {
      in: 'body',
      pattern:
        /^(?<part>[A-Z][A-Za-z]{0,30}(?: [a-z]{1,20}){0,3}) (?:failed|changed|matched|match|exceeded|error) Service (?<service>\S{1,200})/m,
      means: { state: 'problem', severity: null },
    },
    { in: 'body', pattern: /^\s{0,20}Host: {1,10}(?<host>\S{1,253})/m },
    {
      in: 'subject',
      pattern: /\b(?:succeeded|Exists|recovered)\b/,
      means: { state: 'recovery', severity: 'info' },
    },
    {
      in: 'subject',
      pattern: /\b(?:failed|matched|exist|changed|error)\b/,
      means: { state: 'problem', severity: null },
    },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
