/** Icinga 2: the scripts mail-host-notification and mail-service-notification. */
import type { ToolParser } from '../parser.ts';

export const icinga2: ToolParser = {
  tool: 'icinga2',

  signs: [
    { subject: '] ', body: 'service monitoring on ' },
    { subject: '] ', body: 'host monitoring on ' },
  ],
  clues: [
    { in: 'subject', pattern: /^\[(?<state>[A-Z]{2,30})\] / },
    { in: 'subject', pattern: / is (?<severity>[A-Z]{2,20})!$/ },
    { in: 'body', pattern: /^Host: {1,10}(?<host>\S{1,253})/m },
    { in: 'body', pattern: /^Service: {1,10}(?<service>\S.{0,200})$/m },
    { in: 'subject', pattern: /^\[[A-Z]{2,30}\] Host /, means: { service: null } },
  ],
};
