/** SolarWinds Orion: nodes, interfaces and alerts that are triggered and reset. */
import type { ToolParser } from '../parser.ts';

export const solarwinds: ToolParser = {
  tool: 'solarwinds',
  signs: [
    { from: 'solarwinds' },
    { subject: '[solarwinds ' },
    { subject: 'node ', body: 'netobject=' },
    { subject: 'interface ', body: 'netobject=' },
  ],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[SolarWinds (?<severity>\w{2,15}) \w{2,20} Alert (?<state>Triggered|Reset)\] (?<service>.{1,200})/i,
    },
    {
      in: 'subject',
      pattern: /^Interface (?<service>\S{1,100}) on (?<host>\S{1,253}) is (?<level>\w{2,12})/i,
    },
    { in: 'subject', pattern: /^Node (?<host>\S{1,253}) is (?<level>\w{2,12})/i },
    { in: 'body', pattern: /^\s{0,20}Alert: (?<service>.{1,200})/m },
    { in: 'body', pattern: /^\s{0,20}Severity: (?<severity>\w{2,15})/m },
    { in: 'body', pattern: /^\s{0,20}Node: (?<host>\S{1,253})/m },
  ],
  words: { reset: { state: 'recovery' }, serious: { severity: 'critical' } },
  otherwise: { severity: null },
};
