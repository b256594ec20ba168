/** Proxmox VE and Backup Server: backups, replication, fencing, datastore jobs, updates. */
import type { ToolParser } from '../parser.ts';

export const proxmox: ToolParser = {
  tool: 'proxmox',
  signs: [
    { subject: 'vzdump backup status' },
    { subject: "replication job: '" },
    { subject: "' is fenced" },
    { subject: "fence node '" },
    { subject: 'succeed: fencing' },
    { subject: 'new software packages available (' },
    { subject: "datastore '" },
    { from: 'proxmox' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /^vzdump backup status \((?<host>[^)\s]{1,253})\) ?: backup (?<state>successful|failed)/,
      means: { service: 'vzdump' },
    },
    { in: 'subject', pattern: /^(?<service>Replication Job: '[^']{1,60}') (?<state>\w{2,12})/ },
    {
      in: 'subject',
      pattern: /^Node '(?<host>[^']{1,63})' is fenced|(?:fence|for) node '(?<hosts>[^']{1,63})'/,
      means: { state: 'problem', severity: 'critical', service: 'fencing' },
    },
    {
      in: 'subject',
      pattern: /^New software packages available \((?<host>[^)\s]{1,253})\)/,
      means: { state: 'report', service: 'package updates' },
    },
    { in: 'subject', pattern: /^(?<service>[A-Z][\w ]{2,40} '[^']{1,60}') (?<state>successful|failed)/ },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
