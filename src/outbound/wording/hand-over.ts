/** The mail to somebody whose event has been given to another, or back. */
import { factsOf, type ToldEvent } from './event-facts.ts';
import type { Message } from './message.ts';

export interface HandOverNotice extends ToldEvent {
  greeting: string | null;
  timeZone: string;
  by: string;
  /** Who has it now; null: nobody. */
  present: string | null;
  baseUrl: string;
}

export function wordHandOver({ greeting, timeZone, by, present, baseUrl, ...told }: HandOverNotice): Message {
  const event = factsOf(told, timeZone, baseUrl);
  const { severity, kind, title, org, number, link } = event;
  const now = present === null ? 'nobody has it now' : `${present} has it now`;
  return {
    subject: `[${severity}] no longer yours: ${kind} ${title}${org ? ` (${org})` : ''} #${number}`,
    greeting,
    lead: `${by} has taken event #${number} from you; ${now}:`,
    event,
    sections: [],
    actions: [{ label: 'See it', link }],
  };
}
