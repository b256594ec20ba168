/** Splunk: saved searches that alert, and reports. */
import type { ToolParser } from '../parser.ts';

export const splunk: ToolParser = {
  tool: 'splunk',
  signs: [{ subject: 'splunk alert: ' }, { subject: 'splunk report: ' }],
  clues: [
    { in: 'subject', pattern: /^Splunk Alert: (?<service>.{1,200})/i, means: { state: 'problem' } },
    { in: 'subject', pattern: /^Splunk Report: (?<service>.{1,200})/i, means: { state: 'report' } },
    { in: 'body', pattern: /^\s{0,20}Severity:\s{1,20}(?<severity>\w{2,12})/im },
  ],
  otherwise: { severity: null, hosts: 'none' },
};
