/** backupninja: the outcome of a night of backups. */
import type { ToolParser } from '../parser.ts';

export const backupninja: ToolParser = {
  tool: 'backupninja',

  signs: [{ subject: 'backupninja: ' }],
  clues: [
    { in: 'subject', pattern: / (?:ERROR|FATAL|HALT)\b/, means: { state: 'failure', severity: 'critical' } },
    { in: 'subject', pattern: / WARNING\b/, means: { state: 'success', severity: 'warn' } },
    {
      in: 'subject',
      pattern: /backupninja: (?<host>\S{1,253})/,
      means: { state: 'success', severity: 'info' },
    },
  ],
  otherwise: { service: 'backupninja' },
  isAboutSender: true,
};
