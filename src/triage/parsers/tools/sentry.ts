/** Sentry: errors of applications, one row per issue. */
import type { ToolParser } from '../parser.ts';

export const sentry: ToolParser = {
  tool: 'sentry',
  isThread: true,
  signs: [{ header: ['x-sentry-project', ''] }, { header: ['x-sentry-logger', ''] }, { from: 'sentry' }],
  clues: [
    {
      in: 'subject',
      pattern: /^(?:Daily|Weekly|Monthly) Report\b/,
      means: { state: 'report', severity: null },
    },
    {
      in: 'body',
      pattern: /^\s{0,20}Resolved Issue\b|\bmarked \S{1,80} as resolved/m,
      means: { state: 'recovery', severity: null },
    },
    { in: 'subject', pattern: /^(?:Re: )?(?<service>[A-Z0-9][A-Z0-9_-]{1,60}-[A-Z0-9]{1,6}) - / },
    { in: 'body', pattern: /^\s{0,20}level ?[=:] ?(?<severity>\w{2,10})/m },
    { in: 'body', pattern: /^\s{0,20}server_name ?[=:] ?(?<host>\S{1,253})/m },
  ],
  otherwise: { state: 'problem', severity: null, hosts: 'none' },
};
