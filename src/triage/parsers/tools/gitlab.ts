/** GitLab pipelines: project and branch are the row. */
import type { ToolParser } from '../parser.ts';

export const gitlab: ToolParser = {
  tool: 'gitlab',

  signs: [{ header: ['x-gitlab-pipeline-id', ''] }, { from: 'gitlab', subject: 'pipeline' }],
  clues: [
    {
      in: 'subject',
      pattern: /^(?<service>\S{1,150}) \| (?<state>Failed|Successful|Fixed) pipeline for (?<part>\S{1,150})/,
    },
    { in: 'body', pattern: /pipeline has been fixed/i, means: { state: 'recovery' } },
    { in: 'body', pattern: /pipeline has failed/i, means: { state: 'failure' } },
    { in: 'body', pattern: /pipeline has passed/i, means: { state: 'success' } },
  ],
  words: { successful: { state: 'success' }, fixed: { state: 'recovery' } },
  otherwise: { severity: null },
};
