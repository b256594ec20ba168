/** Mails of people’s own templates for Prometheus: labels as lines of the text. */
import type { ToolParser } from '../parser.ts';

export const prometheusText: ToolParser = {
  tool: 'prometheus-text',
  signs: [
    { subject: 'firing', body: 'alertname' },
    { subject: 'resolved', body: 'alertname' },
  ],
  clues: [
    { in: 'subject', pattern: /\b(?<state>FIRING|RESOLVED)\b/i },
    { in: 'body', pattern: /^[\s*-]{0,10}alertname ?[:=] ?"?(?<service>[\w.:-]{1,200})/m },
    { in: 'body', pattern: /^[\s*-]{0,10}severity ?[:=] ?"?(?<severity>\w{2,12})/m },
    {
      in: 'body',
      pattern: /^[\s*-]{0,10}(?:instance|host|hostname|node) ?[:=] ?"?(?<hosts>[^\s",]{1,253})/gm,
    },
  ],
  otherwise: { severity: null },
};
