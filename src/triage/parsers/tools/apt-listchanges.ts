/** apt-listchanges: what changed in the packages just installed. */
import type { ToolParser } from '../parser.ts';

export const aptListchanges: ToolParser = {
  tool: 'apt-listchanges',

  signs: [{ subject: 'apt-listchanges: ' }],
  clues: [{ in: 'subject', pattern: / for (?<host>\S{1,253})$/ }],
  otherwise: { state: 'report', severity: null, service: 'apt-listchanges' },
  isAboutSender: true,
};
