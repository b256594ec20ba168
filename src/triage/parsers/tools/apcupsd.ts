/** apcupsd: mails of its event scripts, from the machine that the UPS feeds. */
import type { ToolParser } from '../parser.ts';

export const apcupsd: ToolParser = {
  tool: 'apcupsd',

  signs: [
    // NUT writes of ups@host.
    { subject: ' ups ', subjectIs: /^\S{1,100} (?:UPS|Communications with UPS) [^\s@]{1,60} / },
    { body: 'upsname  ' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /UPS (?<service>\S{1,60}) (?<part>Power) Failure/,
      means: { state: 'problem' },
    },
    {
      in: 'subject',
      pattern: /UPS (?<service>\S{1,60}) (?<part>Power) has returned/,
      means: { state: 'recovery' },
    },
    {
      in: 'subject',
      pattern: /(?<part>Communications) with UPS (?<service>\S{1,60}) lost/,
      means: { state: 'problem' },
    },
    {
      in: 'subject',
      pattern: /(?<part>Communications) with UPS (?<service>\S{1,60}) restored/,
      means: { state: 'recovery' },
    },
    {
      in: 'subject',
      pattern: /UPS (?<service>\S{1,60}) (?<part>battery) needs/,
      means: { state: 'problem' },
    },
    {
      in: 'subject',
      pattern: /UPS (?<service>\S{1,60}) (?<part>battery) condition normal|battery reattached/i,
      means: { state: 'recovery' },
    },
    { in: 'subject', pattern: /^(?<host>\S{1,100}) (?:UPS|Communications) / },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
