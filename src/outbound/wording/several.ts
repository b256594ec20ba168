/** The one notice of several events at once; where they are a storm, also of what has come to it since. */
import type { ListedEvent } from './listed-event.ts';
import { asLine } from './listed-event.ts';
import { section, type Message } from './message.ts';

export interface SeveralNotice {
  /** The person's name; null for a room. */
  greeting: string | null;
  timeZone: string;
  /** The most severe first; not empty. */
  events: readonly ListedEvent[];
  /** Of the storm that they are; null: they are none. */
  course: 'begins' | 'goes on' | null;
  baseUrl: string;
}

/** The rest is counted: a mail of hundreds of lines is not read. */
const MOST_LINES = 50;

const LEADS = {
  begins: 'much has gone wrong within seconds. What follows is told every five minutes, unless it is worse:',
  'goes on': 'of the same storm, since the last notice:',
};

export function wordSeveral({ greeting, timeZone, events, course, baseUrl }: SeveralNotice): Message {
  const [worst] = events;
  const isUpdate = course === 'goes on';
  const counted = `${events.length} ${isUpdate ? 'more' : 'new'} event${events.length === 1 ? '' : 's'}`;
  const where = worst?.org ? ` (${worst.org})` : '';
  return {
    subject: `[${worst?.severity ?? 'unclassified'}] ${counted}: ${worst?.kind} ${worst?.title}${where} #${worst?.number}`,
    greeting,
    lead: course === null ? 'these came at the same time:' : LEADS[course],
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
