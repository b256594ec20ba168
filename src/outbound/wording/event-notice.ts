/** The mail to a responder: an event has opened, or come back. */
import type { ChangeKind } from '../../events/change.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import type { Wording } from './assignment.ts';

export interface EventNotice {
  name: string;
  /** In which the person reads times. */
  timeZone: string;
  what: ChangeKind;
  number: number;
  kind: string;
  title: string;
  severity: MaybeSeverity;
  org: string | null;
  servers: readonly string[];
  createdAt: Date;
  link: string;
}

const NEW = { word: '', happened: 'is new, and nobody has it yet' };
const HAPPENED: Partial<Record<ChangeKind, typeof NEW>> = {
  reopened: { word: ' again', happened: 'has come back' },
  severity: { word: ' got worse', happened: 'has got worse' },
};

const MOST_SERVERS = 10;

export function wordEvent(notice: EventNotice): Wording {
  const { name, timeZone, what, number, kind, title, org, servers, createdAt, link } = notice;
  const severity = notice.severity ?? 'unclassified';
  const { word, happened } = HAPPENED[what] ?? NEW;
  return {
    subject: `[${severity}] ${kind}${word}: ${title}${org ? ` (${org})` : ''} #${number}`,
    text: [
      `Hello ${name},`,
      '',
      `event #${number} ${happened}:`,
      '',
      `  ${title}`,
      `  Severity: ${severity}`,
      `  Kind:     ${kind}`,
      `  Org:      ${org ?? 'unknown'}`,
      `  Servers:  ${describeServers(servers)}`,
      `  Since:    ${formatLocal(createdAt, timeZone, 'ccc d LLL yyyy, HH:mm')} ${timeZone}`,
      '',
      'Take it, or see who has it:',
      link,
      '',
      '-- ',
      'DaTamer',
      '',
    ].join('\n'),
  };
}

function describeServers(servers: readonly string[]): string {
  if (servers.length === 0) return 'unknown';
  const more = servers.length - MOST_SERVERS;
  return `${servers.slice(0, MOST_SERVERS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
