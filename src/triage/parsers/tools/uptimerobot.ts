/** UptimeRobot: checks of sites from outside. */
import type { ToolParser } from '../parser.ts';

export const uptimerobot: ToolParser = {
  tool: 'uptimerobot',

  signs: [{ from: 'uptimerobot' }],
  clues: [
    { in: 'subject', pattern: /\b(?<level>UP|DOWN)\b/i },
    { in: 'subject', pattern: /^Monitor is (?:UP|DOWN): (?<service>\S.{0,200})$/i },
    { in: 'body', pattern: /The monitor (?<service>\S.{0,200}?) \(/ },
  ],
};
