/** Prometheus Alertmanager: its HTML template, and plain ones that keep its subject. One mail, one group of alerts. */
import type { ToolParser } from '../parser.ts';

export const alertmanager: ToolParser = {
  tool: 'alertmanager',

  signs: [
    { subject: '[firing', body: 'alertmanager' },
    { subject: '[resolved', body: 'alertmanager' },
    { subject: '[firing', from: 'alertmanager' },
    { subject: '[resolved', from: 'alertmanager' },
    { subject: '[firing', from: 'prom' },
    { subject: '[resolved', from: 'prom' },
  ],
  clues: [
    { in: 'subject', pattern: /^\[(?<state>FIRING|RESOLVED)/ },
    { in: 'body', pattern: /^\W{0,5}severity\s{0,3}[=:]\s{0,3}(?<severity>\w{1,20})/im },
    { in: 'subject', pattern: /[ (](?<severity>critical|warning|info|page|error)[ )]/ },
    // What it groups by is the row, and stands in the subject before the labels in brackets.
    {
      in: 'subject',
      pattern: /^\[(?:FIRING|RESOLVED)\] (?<service>\S{1,150}) \((?<part>[^()]{1,100})\) x\d{1,5}$/,
    },
    { in: 'body', pattern: /^(?:FIRING|RESOLVED) (?<service>\S{1,150}) /m },
    { in: 'subject', pattern: /^\[[^\]]{1,20}\] (?<service>[^\s(][^(]{0,200})/ },
    { in: 'body', pattern: /^\W{0,5}instance\s{0,3}[=:]\s{0,3}(?<host>\S{1,253})/gim },
    { in: 'body', pattern: /^(?:FIRING|RESOLVED) \S{1,150} (?<host>[a-z0-9.-]{1,253})(?::\d{1,5})?:? /gm },
    { in: 'body', pattern: /^ {0,3}- (?<host>[a-z0-9-]{1,63}\.[a-z0-9.-]{1,200}) since /gm },
    { in: 'subject', pattern: /[ (](?<host>[a-z0-9.-]{1,253}):\d{2,5}[ )]/ },
  ],
  words: { page: { severity: 'critical' } },
  isGroup: true,
};
