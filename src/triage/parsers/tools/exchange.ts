/** Microsoft Exchange: mail that could not be delivered or waits, in several languages. */
import type { ToolParser } from '../parser.ts';

export const exchange: ToolParser = {
  tool: 'exchange',
  signs: [
    { from: 'microsoftexchange', subject: ': ' },
    { from: 'postmaster@', subject: 'undeliverable: ' },
    { from: 'postmaster@', subject: 'unzustellbar: ' },
  ],
  clues: [
    {
      in: 'subject',
      pattern:
        /^(?:Undeliverable|Unzustellbar|Non remis|No se puede entregar|Non recapitabile|Onbestelbaar) ?: /i,
      means: { state: 'failure' },
    },
    {
      in: 'subject',
      pattern: /^(?:Delivery delayed|Zustellung verzögert|Remise retardée) ?: /i,
      means: { state: 'problem' },
    },
    { in: 'body', pattern: /^\s{0,20}(?:Generating server|Generierender Server): (?<host>\S{1,253})/im },
  ],
  otherwise: { severity: null, service: 'smtp delivery' },
  isAboutSender: true,
};
