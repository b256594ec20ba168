/** The notice that an event has ended by itself. */
import { factsOf, type ToldEvent } from './event-facts.ts';
import { asLine, type ListedEvent } from './listed-event.ts';
import { section, type Message } from './message.ts';

interface Reader {
  /** The person's name; null for a room. */
  greeting: string | null;
  timeZone: string;
  baseUrl: string;
}

export function wordRecovered({ greeting, timeZone, baseUrl, ...told }: ToldEvent & Reader): Message {
  const event = factsOf(told, timeZone, baseUrl);
  const { severity, kind, title, org, number, link } = event;
  return {
    subject: `[${severity}] recovered: ${kind} ${title}${org ? ` (${org})` : ''} #${number}`,
    greeting,
    lead: `event #${number} has ended by itself, and nobody needs to do anything:`,
    event,
    sections: [],
    actions: [{ label: 'See what happened', link }],
  };
}

const MOST_LINES = 50;

/** @param events not empty */
export function wordManyRecovered({
  greeting,
  timeZone,
  baseUrl,
  events,
}: Reader & { events: readonly ListedEvent[] }): Message {
  const [first] = events;
  return {
    subject: `[recovered] ${events.length} events: ${first?.title} #${first?.number} and others`,
    greeting,
    lead: 'these have ended by themselves, and nobody needs to do anything:',
    event: null,
    sections: section('Recovered', events, (event) => asLine(event, timeZone, baseUrl), MOST_LINES),
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}
