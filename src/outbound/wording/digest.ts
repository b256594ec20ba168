/** The mail that lists what somebody was not told of at once. */
import { asLine, type ListedEvent } from './listed-event.ts';
import { section, type Message, type SectionLine } from './message.ts';

export interface Digest {
  /** The person's name; null for a room. */
  greeting: string | null;
  timeZone: string;
  /** The most severe first. */
  events: readonly ListedEvent[];
  baseUrl: string;
}

/** The rest is counted: a mail of hundreds of lines is not read. */
const MOST_LINES = 50;

export function wordDigest({ greeting, timeZone, events, baseUrl }: Digest): Message {
  const open = events.filter(({ state }) => state === 'open');
  const over = events.filter(({ state }) => state !== 'open');
  const line = (event: ListedEvent): SectionLine => asLine(event, timeZone, baseUrl);
  return {
    subject: `[digest] ${open.length} open${over.length > 0 ? `, ${over.length} over` : ''}${describeWorst(open)}`,
    greeting,
    lead: 'what has happened since, and was not worth a mail of its own:',
    event: null,
    sections: [
      ...section('Open', open, line, MOST_LINES),
      ...section('Over already', over, line, MOST_LINES),
    ],
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}

function describeWorst([worst]: readonly ListedEvent[]): string {
  return worst ? `: ${worst.title} #${worst.number}` : '';
}
