/** Pingdom: checks of sites from outside. */
import type { ToolParser } from '../parser.ts';

export const pingdom: ToolParser = {
  tool: 'pingdom',

  signs: [{ from: 'pingdom' }],
  clues: [
    { in: 'subject', pattern: /\bis (?<level>UP|DOWN)\b/ },
    { in: 'subject', pattern: /^(?<level>UP|DOWN)\b/ },
    { in: 'body', pattern: /^PingdomAlert (?<level>UP|DOWN)/m },
    { in: 'subject', pattern: /: (?<service>\S.{0,200}?) (?:\([^()]{1,250}\) )?is (?:UP|DOWN)/ },
  ],
};
