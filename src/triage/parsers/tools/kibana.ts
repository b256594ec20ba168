/** Kibana rules and Elasticsearch watches. */
import type { ToolParser } from '../parser.ts';

export const kibana: ToolParser = {
  tool: 'kibana',
  signs: [
    { subject: '[elastic] ' },
    { subject: 'watcher notification' },
    { from: 'elastic', body: 'kibana alert' },
  ],
  clues: [
    { in: 'subject', pattern: /\bRule (?<service>.{1,200}?) is (?<state>active|recovered)\b/i },
    { in: 'subject', pattern: /\[(?<service>[^\]]{1,200})\] is (?<level>RED|YELLOW|GREEN)\b/i },
    { in: 'body', pattern: /^\s{0,20}Status: (?<state>active|recovered)/im },
    { in: 'body', pattern: /^\s{0,20}host(?:\.name|\.hostname)?: (?<host>\S{1,253})/im },
  ],
  otherwise: { severity: null, hosts: 'none' },
};
