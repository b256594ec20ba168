/** Amazon CloudWatch alarms by SNS mail. The name of an alarm is its row; a level it does not have. */
import type { ToolParser } from '../parser.ts';

export const cloudwatch: ToolParser = {
  tool: 'cloudwatch',

  signs: [
    { subject: 'alarm: "' },
    { subject: 'ok: "' },
    { subject: 'insufficient_data: "' },
    { from: 'sns.amazonaws.com', body: 'cloudwatch alarm' },
  ],
  clues: [
    { in: 'subject', pattern: /^OK: /, means: { state: 'recovery', severity: 'info' } },
    { in: 'subject', pattern: /^ALARM: /, means: { state: 'problem' } },
    { in: 'subject', pattern: /^INSUFFICIENT_DATA: /, means: { state: 'unknown' } },
    { in: 'subject', pattern: /: "(?<service>[^"]{1,255})"/ },
    { in: 'body', pattern: /^- InstanceId: {0,3}(?<host>i-[0-9a-f]{8,17})/m },
  ],
  otherwise: { severity: null },
};
