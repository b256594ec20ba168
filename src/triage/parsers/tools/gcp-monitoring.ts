/** Google Cloud Monitoring: `[ALERT - Warning] policy on project resource labels {…}`. */
import type { ToolParser } from '../parser.ts';

export const gcpMonitoring: ToolParser = {
  tool: 'gcp-monitoring',
  signs: [{ from: 'alerting-noreply@google.com' }, { subject: '[alert - ' }, { subject: '[resolved - ' }],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[(?<state>[A-Z]{4,15})(?: - (?<severity>[A-Za-z ]{2,20}))?\] (?<service>.{1,200}?)(?: labels \{|$)/,
    },
    { in: 'body', pattern: /^\s{0,20}(?:Instance name|Host): (?<host>\S{1,253})/m },
  ],
  words: { 'no severity': { severity: null } },
  otherwise: { severity: null, hosts: 'none' },
};
