/** Nagios and what kept its mails (Naemon, Centreon, Icinga 1): the sample commands notify-host and notify-service. */
import type { ToolParser } from '../parser.ts';

export const nagios: ToolParser = {
  tool: 'nagios',
  signs: [
    { subject: '** ', body: 'notification type:' },
    { subject: ' service alert: ' },
    { subject: ' host alert: ' },
  ],
  clues: [
    { in: 'subject', pattern: /\*\* (?<state>[A-Z]{2,30}) (?:Service|Host) Alert: / },
    { in: 'body', pattern: /^Notification Type: (?<state>[A-Z]{2,30})/m },
    { in: 'body', pattern: /^State: (?<severity>[A-Z]{2,20})/m },
    { in: 'subject', pattern: / is (?<severity>[A-Z]{2,20}) \*\*$/ },
    { in: 'body', pattern: /^Host: (?<host>\S{1,253})$/m },
    { in: 'subject', pattern: / Alert: (?<host>[^\s/]{1,253})/ },
    { in: 'body', pattern: /^Service: (?<service>.{1,200})$/m },
    { in: 'subject', pattern: / Host Alert: /, means: { service: null } },
  ],
};
