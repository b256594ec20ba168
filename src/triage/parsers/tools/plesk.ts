/** Plesk: health monitoring by colours, scheduled backups, updates. */
import type { ToolParser } from '../parser.ts';

export const plesk: ToolParser = {
  tool: 'plesk',
  signs: [{ from: 'plesk' }, { subject: 'health monitor alarm' }],
  clues: [
    {
      in: 'subject',
      pattern:
        /alarm: (?<service>.{1,100}?) changed its status from \w{2,10} to (?<level>\w{2,10}) on (?<host>\S{1,253})/i,
    },
    { in: 'subject', pattern: /(?<service>scheduled backup) of (?<host>\S{1,253}) (?<state>\w{2,12})/i },
    {
      in: 'subject',
      pattern: /(?<service>updates) are available on (?<host>\S{1,253})/i,
      means: { state: 'report' },
    },
  ],
  otherwise: { severity: null },
};
