/** mdadm --monitor: events of software RAID. */
import type { ToolParser } from '../parser.ts';

export const mdadm: ToolParser = {
  tool: 'mdadm',

  signs: [{ subject: ' event on /dev/md' }, { body: 'generated mail message from mdadm' }],
  clues: [
    {
      in: 'subject',
      pattern: /^(?:TestMessage|NewArray|MoveSpare|RebuildStarted|Rebuild\d{1,3}|RebuildNN)\b/,
      means: { state: 'unknown', severity: 'info' },
    },
    {
      in: 'subject',
      pattern: /^(?:SpareActive|RebuildFinished)\b/,
      means: { state: 'recovery', severity: 'info' },
    },
    {
      in: 'subject',
      pattern: /^(?:Fail|DegradedArray|DeviceDisappeared|FailSpare)\b/,
      means: { state: 'problem', severity: 'critical' },
    },
    { in: 'subject', pattern: /^SparesMissing\b/, means: { state: 'problem', severity: 'warn' } },
    { in: 'subject', pattern: / on (?<service>\/dev\/[^\s:]{1,60}):(?<host>\S{1,253})/ },
    { in: 'body', pattern: /^running on (?<host>\S{1,253})/m },
  ],
  otherwise: { state: 'problem', severity: null },
  isAboutSender: true,
};
