/** Tripwire: counts of what was added, removed and changed. */
import type { ToolParser } from '../parser.ts';

export const tripwire: ToolParser = {
  tool: 'tripwire',

  signs: [{ subject: 'twreport ' }],
  clues: [
    { in: 'subject', pattern: / V:0 .{0,40}C:0\b/, means: { state: 'success' } },
    { in: 'subject', pattern: / V:\d{1,9} /, means: { state: 'problem' } },
    { in: 'subject', pattern: /TWReport (?<host>\S{1,253})/ },
  ],
  otherwise: { state: 'report', severity: null, service: 'tripwire' },
  isAboutSender: true,
};
