/** StatusCake: tests of websites, and their certificates. */
import type { ToolParser } from '../parser.ts';

export const statuscake: ToolParser = {
  tool: 'statuscake',
  signs: [{ from: 'statuscake' }, { subject: 'statuscake' }],
  clues: [
    {
      in: 'subject',
      pattern: /SSL Alert \| (?<host>\S{1,253}) expires/,
      means: { state: 'problem', severity: 'warn', service: 'SSL' },
    },
    { in: 'subject', pattern: /Your site '(?<service>[^']{1,200})' went (?<level>Up|Down)/i },
    {
      in: 'subject',
      pattern: /^StatusCake: (?<service>.{1,150}?)(?: \((?<host>[^)\s]{1,253})\))? is (?<level>up|down)/i,
    },
    { in: 'body', pattern: /(?<host>https?:\/\/[^\s)]{1,253})/ },
  ],
  otherwise: { severity: null },
};
