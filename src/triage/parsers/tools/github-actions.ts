/** GitHub Actions: a run of a workflow of a repository, and the branch or request it ran for. */
import type { ToolParser } from '../parser.ts';

export const githubActions: ToolParser = {
  tool: 'github-actions',
  isThread: true,
  signs: [
    { from: 'notifications@github.com', header: ['x-github-reason', 'ci_activity'] },
    { from: 'notifications@github.com', subject: 'run failed' },
    { from: 'notifications@github.com', subject: 'run succeeded' },
  ],
  clues: [
    {
      in: 'subject',
      pattern:
        /^\[(?<service>[^\]]{1,140})\] (?:PR )?run (?<state>\w{4,12})[^:]{0,30}: (?<part>.{1,150}?)(?: \([0-9a-f]{7,40}\))?$/i,
    },
  ],
  words: { cancelled: { state: 'unknown' }, skipped: { state: 'unknown' } },
  otherwise: { severity: null, hosts: 'none' },
};
