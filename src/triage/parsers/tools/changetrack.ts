/** changetrack: what changed in the files it keeps. */
import type { ToolParser } from '../parser.ts';

export const changetrack: ToolParser = {
  tool: 'changetrack',

  signs: [{ from: 'changetrack' }, { subject: 'changed files on ' }],
  clues: [
    { in: 'subject', pattern: / on (?<host>[^\s:]{1,253}):/ },
    { in: 'body', pattern: /^Changes made to '(?<service>[^'\n]{1,200})'/m },
  ],
  otherwise: { state: 'report', severity: null },
  isAboutSender: true,
};
