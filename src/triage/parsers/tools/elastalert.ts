/** ElastAlert: rules over Elasticsearch that report matches and never an end. */
import type { ToolParser } from '../parser.ts';

export const elastalert: ToolParser = {
  tool: 'elastalert',
  signs: [{ subject: 'elastalert' }, { from: 'elastalert' }, { body: 'num_matches:' }],
  clues: [
    { in: 'subject', pattern: /^ElastAlert: (?<service>.{1,200})/ },
    { in: 'subject', pattern: /^ElastAlert uncaught exception/, means: { service: 'elastalert' } },
    { in: 'body', pattern: /^\s{0,20}host(?:\.name|name)?: (?<host>\S{1,253})/m },
  ],
  otherwise: { state: 'problem', severity: null, hosts: 'none' },
};
