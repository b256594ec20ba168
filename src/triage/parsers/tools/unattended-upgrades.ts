/** unattended-upgrades of Debian and Ubuntu. */
import type { ToolParser } from '../parser.ts';

export const unattendedUpgrades: ToolParser = {
  tool: 'unattended-upgrades',

  signs: [{ subject: 'unattended-upgrades result' }, { subject: 'unattended upgrades result' }],
  clues: [
    { in: 'subject', pattern: /: (?<state>SUCCESS|FAILURE|True|False)\b/ },
    { in: 'subject', pattern: /result for '?(?<host>[^\s':]{1,253})/ },
  ],
  words: { true: { state: 'success' }, false: { state: 'failure' } },
  otherwise: { severity: null, service: 'unattended-upgrades' },
  isAboutSender: true,
};
