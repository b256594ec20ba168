/** apticron: packages that wait for an upgrade. */
import type { ToolParser } from '../parser.ts';

export const apticron: ToolParser = {
  tool: 'apticron',

  signs: [{ subject: 'apticron' }, { subject: 'package update(s) for' }],
  clues: [{ in: 'subject', pattern: / for (?<host>\S{1,253})$/ }],
  otherwise: { state: 'report', severity: null, service: 'apticron' },
  isAboutSender: true,
};
