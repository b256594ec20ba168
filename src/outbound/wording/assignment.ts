/** The mail to somebody who has been given an event. */
import { factsOf, type ToldEvent } from './event-facts.ts';
import type { Message } from './message.ts';

export interface AssignmentNotice extends ToldEvent {
  assigneeName: string;
  assignedBy: string;
  timeZone: string;
  baseUrl: string;
}

export function wordAssignment(notice: AssignmentNotice): Message {
  const { assigneeName, assignedBy, timeZone, baseUrl } = notice;
  const event = factsOf(notice, timeZone, baseUrl);
  const { severity, kind, title, org, number } = event;
  return {
    subject: `[${severity}] assigned to you: ${kind} ${title}${org ? ` (${org})` : ''} #${number}`,
    greeting: assigneeName,
    lead: `${assignedBy} has assigned event #${event.number} to you:`,
    event,
    sections: [],
    actions: [{ label: 'See it', link: event.link }],
  };
}
