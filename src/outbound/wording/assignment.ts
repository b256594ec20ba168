/** The mail to somebody who has been given an event. */
import type { MaybeSeverity } from '../../events/severity.ts';

export interface AssignmentNotice {
  assigneeName: string;
  assignedBy: string;
  number: number;
  kind: string;
  title: string;
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  createdAt: Date;
  link: string;
}

export interface Wording {
  subject: string;
  text: string;
}

export function wordAssignment(notice: AssignmentNotice): Wording {
  const severity = notice.severity ?? 'unclassified';
  return {
    subject: `[${severity}] assigned to you: ${notice.title} #${notice.number}`,
    text: [
      `Hello ${notice.assigneeName},`,
      '',
      `${notice.assignedBy} has assigned event #${notice.number} to you:`,
      '',
      `  ${notice.title}`,
      `  Severity: ${severity}`,
      `  Kind:     ${notice.kind}`,
      `  Org:      ${notice.org ?? 'unknown'}`,
      `  Servers:  ${notice.servers.join(', ') || 'unknown'}`,
      `  Since:    ${notice.createdAt.toISOString()}`,
      '',
      notice.link,
      '',
      '-- ',
      'DaTamer',
      '',
    ].join('\n'),
  };
}
