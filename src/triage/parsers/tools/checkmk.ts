/** Checkmk: the event says from which state to which; an arrow to WARN is still a problem. */
import type { ToolParser } from '../parser.ts';

export const checkmk: ToolParser = {
  tool: 'checkmk',
  signs: [
    { subject: 'checkmk: ', body: 'event:' },
    { subject: 'check_mk: ', body: 'event:' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /\b(?:(?:Started|Stopped) Flapping|Downtime (?:Started|Ended|Start|End|Cancelled|Removed))\b/i,
      means: { state: 'unknown', severity: null },
    },
    { in: 'subject', pattern: / (?<state>Acknowledged)(?: \((?<severity>\w{2,12})\))?$/i },
    { in: 'subject', pattern: / -> (?<level>[A-Z]{2,12})\b/ },
    { in: 'body', pattern: /^Event:\s{1,20}\w{2,12} -> (?<level>[A-Z]{2,12})/m },
    { in: 'body', pattern: /^Host:\s{1,20}(?<host>\S{1,253})/m },
    { in: 'body', pattern: /^Service:\s{1,20}(?<service>\S.{0,200})/m },
    { in: 'subject', pattern: /^Check_?MK: [^/\s]{1,253} /i, means: { service: null } },
  ],
  words: { unreach: { state: 'problem', severity: 'critical' }, pend: { state: 'unknown' } },
  otherwise: { severity: null, hosts: 'none' },
};
