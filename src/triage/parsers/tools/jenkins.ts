/** Jenkins (mailer and email-ext): the job is the row, its number is not. */
import type { ToolParser } from '../parser.ts';

export const jenkins: ToolParser = {
  tool: 'jenkins',

  signs: [{ from: 'jenkins' }, { subject: 'in jenkins: ' }, { subject: 'jenkins build ' }],
  clues: [
    { in: 'subject', pattern: /back to (?:normal|stable)|\bfixed\b/i, means: { state: 'recovery' } },
    {
      in: 'subject',
      pattern: /\b(?:still )?(?:failed|failing|failure|unstable|broken|aborted)\b/i,
      means: { state: 'failure' },
    },
    {
      in: 'subject',
      pattern: /\b(?:success|successful|succeeded|rolled out|deployed)\b/i,
      means: { state: 'success' },
    },
    { in: 'body', pattern: /^Finished: (?<state>SUCCESS|FAILURE|UNSTABLE|ABORTED)/m },
    { in: 'subject', pattern: /(?<service>[\w./-]{1,150}) (?:- Build )?#\d{1,9}/ },
    { in: 'body', pattern: /\/job\/(?<service>[\w.%-]{1,150})\// },
  ],
  words: { unstable: { state: 'failure' }, aborted: { state: 'failure' } },
  otherwise: { severity: null },
};
