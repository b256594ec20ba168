/** urlwatch: pages that changed or could not be read. */
import type { ToolParser } from '../parser.ts';

export const urlwatch: ToolParser = {
  tool: 'urlwatch',

  signs: [{ from: 'urlwatch' }, { body: 'urlwatch ', subject: ' changes: ' }],
  clues: [
    { in: 'body', pattern: /^\d{2}\. ERROR: /m, means: { state: 'problem' } },
    { in: 'body', pattern: /^\d{2}\. CHANGED: /m, means: { state: 'report' } },
    { in: 'body', pattern: /^\d{2}\. NEW: /m, means: { state: 'unknown' } },
    { in: 'body', pattern: /^(?:NEW|CHANGED|ERROR): .{1,200} \( (?<service>\S{1,250}) \)/m },
    { in: 'subject', pattern: /^\d{1,5} changes?: (?<service>.{1,200})$/ },
  ],
  otherwise: { state: 'report', severity: null },
  isAboutSender: true,
};
