/** Azure Monitor: Sev0 is critical, Sev1 an error, Sev2 a warning, the rest for information. */
import type { ToolParser } from '../parser.ts';

export const azureMonitor: ToolParser = {
  tool: 'azure-monitor',
  signs: [{ from: 'azure-noreply@' }, { subject: ' azure monitor alert ' }],
  clues: [
    {
      in: 'subject',
      pattern:
        /^(?<state>\w{5,15}): ?(?<severity>Sev\d) Azure Monitor Alert (?<service>.{1,200}?) on (?<host>\S{1,253}) \(/i,
    },
    { in: 'subject', pattern: /^Azure: (?<state>\w{5,15}) Severity: \d (?<service>.{1,200})/i },
    { in: 'body', pattern: /^\s{0,20}Severity:?\s{1,40}(?<severity>Sev\d)/im },
    { in: 'body', pattern: /^\s{0,20}Monitor condition:?\s{1,40}(?<state>\w{5,15})/im },
    { in: 'body', pattern: /^\s{0,20}Alert name:?\s{1,40}(?<service>\S.{0,200})/im },
    { in: 'body', pattern: /^\s{0,20}Affected resource:?\s{1,40}(?<host>\S{1,253})/im },
  ],
  words: {
    fired: { state: 'problem' },
    activated: { state: 'problem' },
    deactivated: { state: 'recovery' },
    sev1: { severity: 'critical' },
    sev2: { severity: 'warn' },
    sev3: { severity: 'info' },
    sev4: { severity: 'info' },
  },
  otherwise: { severity: null, hosts: 'none' },
};
