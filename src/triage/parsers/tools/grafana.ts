/** Grafana: legacy alerting and the unified one. */
import type { ToolParser } from '../parser.ts';

export const grafana: ToolParser = {
  tool: 'grafana',

  signs: [
    { from: 'grafana' },
    { subject: '[alerting] ' },
    { subject: '[firing:', body: 'grafana' },
    { subject: '[resolved', body: 'grafana' },
  ],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[(?<state>Alerting|OK|No Data|Pending|FIRING|RESOLVED|DatasourceError|DatasourceNoData|Paused|Error)/i,
    },
    { in: 'body', pattern: /^\W{0,5}severity\s{0,3}[=:|]\s{0,3}(?<severity>\w{1,20})/im },
    { in: 'subject', pattern: /^\[[^\]]{1,30}\] (?<service>[^()]{1,200})/ },
    {
      in: 'body',
      pattern: /^\W{0,5}(?:instance|host|hostname)\s{0,3}[=:|]\s{0,3}(?<host>[a-z0-9][a-z0-9.:-]{1,253})/gim,
    },
  ],
  words: {
    'no data': { state: 'unknown' },
    pending: { state: 'unknown' },
    datasourceerror: { state: 'problem' },
    datasourcenodata: { state: 'unknown' },
  },
};
