/** The one notice of many events at once, and what has come to them since, in the same thread. */
import type { ListedEvent } from './listed-event.ts';
import { asLine } from './listed-event.ts';
import { section, type Message } from './message.ts';

export interface StormNotice {
  /** The person's name; null for a room. */
  greeting: string | null;
  timeZone: string;
  /** The most severe first; not empty. */
  events: readonly ListedEvent[];
  /** The person was told of the storm before. */
  isUpdate: boolean;
  baseUrl: string;
}

/** The rest is counted: a mail of hundreds of lines is not read. */
const MOST_LINES = 50;

export function wordStorm({ greeting, timeZone, events, isUpdate, baseUrl }: StormNotice): Message {
  const [worst] = events;
  const counted = `${events.length} ${isUpdate ? 'more' : 'new'} event${events.length === 1 ? '' : 's'}`;
  const where = worst?.org ? ` (${worst.org})` : '';
  return {
    subject: `[${worst?.severity ?? 'unclassified'}] ${counted}: ${worst?.kind} ${worst?.title}${where} #${worst?.number}`,
    greeting,
    lead: isUpdate
      ? 'since the last mail these have come, together with what you were told of:'
      : 'much has happened within seconds. What comes now is told every five minutes, unless it is worse:',
    event: null,
    sections: section(
      isUpdate ? 'More' : 'New',
      events,
      (event) => asLine(event, timeZone, baseUrl),
      MOST_LINES,
    ),
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}
