/** rsnapshot run by cron: each interval is a job. */
import type { ToolParser } from '../parser.ts';

export const rsnapshot: ToolParser = {
  tool: 'rsnapshot',

  signs: [{ subject: 'rsnapshot' }],
  clues: [
    { in: 'subject', pattern: /<[^<>@\s]{1,64}@(?<host>[^<>\s]{1,253})>/ },
    { in: 'subject', pattern: /rsnapshot\b.{0,200} (?<service>[a-z]{1,30})$/ },
    { in: 'body', pattern: /not present \(yet\), nothing to copy/, means: { state: 'failure' } },
    { in: 'body', pattern: /^(?:echo \d{1,7} > \S{1,200}|touch \S{1,200}) ?$/m, means: { state: 'success' } },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
  isJob: true,
};
