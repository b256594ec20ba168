/** The mail to a responder: an event that is new, has come back or has got worse. */
import type { ChangeKind } from '../../events/change.ts';
import { factsOf, type ToldEvent } from './event-facts.ts';
import type { Message } from './message.ts';

export interface EventNotice extends ToldEvent {
  /** The person's name; null for a room. */
  greeting: string | null;
  /** In which the reader reads times. */
  timeZone: string;
  what: ChangeKind;
  baseUrl: string;
}

const NEW = { word: '', happened: 'is new, and nobody has it yet' };
const HAPPENED: Partial<Record<ChangeKind, typeof NEW>> = {
  reopened: { word: ' again', happened: 'has come back' },
  severity: { word: ' got worse', happened: 'has got worse' },
  completed: { word: ' again', happened: 'was over for a moment and has come back' },
};

export function wordEvent(notice: EventNotice): Message {
  const { greeting, timeZone, what, baseUrl } = notice;
  const event = factsOf(notice, timeZone, baseUrl);
  const { severity, kind, title, org, number, link } = event;
  const { word, happened } = HAPPENED[what] ?? NEW;
  return {
    subject: `[${severity}] ${kind}${word}: ${title}${org ? ` (${org})` : ''} #${number}`,
    greeting,
    lead: `event #${number} ${happened}:`,
    event,
    sections: [],
    // A person gets buttons that claim beside it.
    actions: [{ label: greeting === null ? 'Take it, or see who has it' : 'Open the event', link }],
  };
}
