/** Answers of the vacation program and its like, told by their headers: they quote an alert and say nothing of it. */
import type { ToolParser } from '../parser.ts';

export const vacation: ToolParser = {
  tool: 'vacation',

  signs: [
    { header: ['auto-submitted', 'auto-replied'] },
    { header: ['x-autoreply', ''] },
    { header: ['x-autorespond', ''] },
    { subject: 'out of office' },
    { subject: 'away from my mail' },
    { subject: 'abwesend: ' },
  ],
  clues: [],
  otherwise: { state: 'unknown', severity: null, service: 'auto-reply' },
  isAboutSender: true,
};
