/** cron: the output of a job; whether it failed only its words tell. */
import type { ToolParser } from '../parser.ts';

export const cron: ToolParser = {
  tool: 'cron',

  signs: [{ subject: 'cron <' }],
  clues: [
    {
      in: 'subject',
      pattern: /^Cron <[^<>@\s]{1,64}@(?<host>[^<>\s]{1,253})>\s{1,5}(?<service>\S.{0,300})$/i,
    },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
  isJob: true,
};
