/** NetApp ONTAP AutoSupport. */
import type { ToolParser } from '../parser.ts';

export const netapp: ToolParser = {
  tool: 'netapp',

  signs: [{ subject: 'ha group notification from' }, { from: 'autosupport@' }],
  clues: [
    {
      in: 'subject',
      pattern: / from (?<host>[^\s(]{1,253}) \((?<service>[^()]{1,150})\) (?<severity>[A-Z]{3,12})/,
    },
    {
      in: 'subject',
      pattern: /\((?:[^()]{0,100} )?(?:UP|OK|RESTORED|RECOVERED|CLEARED|NORMAL)\)/,
      means: { state: 'recovery' },
    },
    { in: 'subject', pattern: / (?:INFO|NOTICE|DEBUG)$/, means: { state: 'report' } },
    { in: 'body', pattern: /^HOSTNAME=(?<host>\S{1,253})/m },
  ],
  words: { alert: { severity: 'critical' }, error: { severity: 'warn' } },
  otherwise: { state: 'problem' },
};
