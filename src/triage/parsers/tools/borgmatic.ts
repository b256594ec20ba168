/** borgmatic and borg run by cron, and scripts that mail their outcome. */
import type { ToolParser } from '../parser.ts';

export const borgmatic: ToolParser = {
  tool: 'borgmatic',

  signs: [{ subject: 'borgmatic' }],
  clues: [
    // Its log may quote errors of its own logging; the summary counts.
    { in: 'tail', pattern: /\bSuccessfully ran configuration file\b/, means: { state: 'success' } },
    { in: 'subject', pattern: /: (?<state>success|error|failed|failure|ok)\b/i },
    { in: 'subject', pattern: /\] (?<host>[^\s:]{1,253}):/ },
    { in: 'subject', pattern: /<[^<>@\s]{1,64}@(?<host>[^<>\s]{1,253})>/ },
  ],
  words: { error: { state: 'failure' }, ok: { state: 'success' } },
  otherwise: { severity: null, service: 'borg' },
  isAboutSender: true,
  isJob: true,
};
