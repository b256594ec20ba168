/** anacron: the output of a periodic job. */
import type { ToolParser } from '../parser.ts';

export const anacron: ToolParser = {
  tool: 'anacron',

  signs: [{ subject: 'anacron job ' }],
  clues: [{ in: 'subject', pattern: /Anacron job '(?<service>[^']{1,200})' on (?<host>\S{1,253})/ }],
  otherwise: { severity: null },
  isAboutSender: true,
  isJob: true,
};
