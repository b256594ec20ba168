/** Network UPS Tools: the stock sentences of upsmon. A UPS of this machine is `ups@localhost`. */
import type { ToolParser } from '../parser.ts';

export const nut: ToolParser = {
  tool: 'nut',
  signs: [
    { subject: 'nut: ' },
    { subject: 'ups ', body: 'ups ' },
    { body: 'communications with ups ' },
    { from: 'nut@', body: 'ups ' },
  ],
  clues: [
    {
      in: 'body',
      pattern:
        /(?<part>Communications) with UPS (?<service>[\w-]{1,60})(?:@(?:localhost|(?<host>[\w.-]{1,253})))? (?<state>lost|established)/,
    },
    {
      in: 'body',
      pattern:
        /UPS (?<service>[\w-]{1,60})(?:@(?:localhost|(?<host>[\w.-]{1,253})))? (?<part>battery needs to be replaced)/,
      means: { state: 'problem' },
    },
    {
      in: 'body',
      pattern:
        /UPS (?<service>[\w-]{1,60})(?:@(?:localhost|(?<host>[\w.-]{1,253})))?:? (?<state>on battery|on line power|battery is low|forced shutdown|is unavailable)/,
    },
  ],
  words: {
    'on battery': { state: 'problem' },
    'battery is low': { state: 'problem' },
    'forced shutdown': { state: 'problem' },
    'is unavailable': { state: 'problem' },
    lost: { state: 'problem' },
    'on line power': { state: 'recovery' },
    established: { state: 'recovery' },
  },
  otherwise: { severity: null },
  isAboutSender: true,
};
