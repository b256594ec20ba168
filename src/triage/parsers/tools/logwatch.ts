/** Logwatch: the daily digest of a machine. */
import type { ToolParser } from '../parser.ts';

export const logwatch: ToolParser = {
  tool: 'logwatch',

  signs: [{ subject: 'logwatch for ' }, { from: 'logwatch' }],
  clues: [{ in: 'subject', pattern: /Logwatch for (?<host>\S{1,253})/i }],
  otherwise: { state: 'report', severity: null, service: 'logwatch' },
  isAboutSender: true,
};
