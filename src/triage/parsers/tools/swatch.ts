/** swatch (swatchdog): the log line that matched. */
import type { ToolParser } from '../parser.ts';

export const swatch: ToolParser = {
  tool: 'swatch',

  signs: [{ subject: 'swatch' }, { subject: 'log_alert' }],
  clues: [{ in: 'subject', pattern: /_on_(?<host>[a-z0-9][a-z0-9.-]{0,252})$/i }],
  otherwise: { state: 'problem', severity: null, service: 'log' },
  isAboutSender: true,
};
