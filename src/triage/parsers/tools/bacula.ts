/** Bacula and Bareos: a job of a client; the client names the host before "-fd". */
import type { ToolParser } from '../parser.ts';

export const bacula: ToolParser = {
  tool: 'bacula',
  signs: [{ subject: 'bacula: ' }, { subject: 'bareos: ' }],
  clues: [
    {
      in: 'subject',
      pattern: /: Intervention needed for (?<service>[\w-]{1,100})/,
      means: { state: 'problem' },
    },
    {
      in: 'subject',
      pattern:
        /: [\w ]{2,30}? (?<state>OK -- with warnings|OK|Fatal Error|Error|Canceled) of (?<service>\S{1,200})/,
    },
    { in: 'body', pattern: /^\s{0,20}Client:\s{1,40}"(?<host>[\w.-]{1,253}?)-fd"/m },
  ],
  words: {
    ok: { state: 'success' },
    'ok -- with warnings': { state: 'success' },
    'fatal error': { state: 'failure' },
    error: { state: 'failure' },
    canceled: { state: 'failure' },
  },
  otherwise: { severity: null },
};
