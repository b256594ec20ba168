/** chkrootkit: the difference to the expected output of its daily run. */
import type { ToolParser } from '../parser.ts';

export const chkrootkit: ToolParser = {
  tool: 'chkrootkit',

  signs: [{ subject: 'chkrootkit' }],
  clues: [
    { in: 'body', pattern: /\bINFECTED\b/, means: { state: 'problem', severity: 'critical' } },
    { in: 'subject', pattern: / for (?<host>\S{1,253})$/ },
  ],
  otherwise: { state: 'report', severity: null, service: 'chkrootkit' },
  isAboutSender: true,
};
