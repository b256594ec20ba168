/** logrotate with the directive mail: the log itself, under its name. */
import type { ToolParser } from '../parser.ts';

export const logrotate: ToolParser = {
  tool: 'logrotate',

  signs: [{ subject: '.log', subjectIs: /^\/\S{1,300}\.log(?:\.\d{1,4}|-\d{6,10})?(?:\.\w{1,4})?$/ }],
  clues: [{ in: 'subject', pattern: /^(?<service>\/\S{1,300}?\.log)/ }],
  otherwise: { state: 'report', severity: null },
  isAboutSender: true,
};
