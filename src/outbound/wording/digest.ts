/** The mail that lists what somebody was not told of at once. */
import type { StoredState } from '../../events/event.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { linkTo } from './event-facts.ts';
import { section, type Message, type SectionLine } from './message.ts';

export interface DigestEvent {
  eventId: string;
  number: number;
  kind: string;
  title: string;
  severity: MaybeSeverity;
  org: string | null;
  state: StoredState;
  assignee: string | null;
  createdAt: Date;
}

export interface Digest {
  /** The person's name; null for a room. */
  greeting: string | null;
  timeZone: string;
  /** The most severe first. */
  events: readonly DigestEvent[];
  baseUrl: string;
}

/** The rest is counted: a mail of hundreds of lines is not read. */
const MOST_LINES = 50;

export function wordDigest({ greeting, timeZone, events, baseUrl }: Digest): Message {
  const open = events.filter(({ state }) => state === 'open');
  const over = events.filter(({ state }) => state !== 'open');
  const asLine = (event: DigestEvent): SectionLine => line(event, timeZone, baseUrl);
  return {
    subject: `[digest] ${open.length} open${over.length > 0 ? `, ${over.length} over` : ''}${describeWorst(open)}`,
    greeting,
    lead: 'what has happened since, and was not worth a mail of its own:',
    event: null,
    sections: [
      ...section('Open', open, asLine, MOST_LINES),
      ...section('Over already', over, asLine, MOST_LINES),
    ],
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}

function describeWorst([worst]: readonly DigestEvent[]): string {
  return worst ? `: ${worst.title} #${worst.number}` : '';
}

function line(
  { eventId, severity, number, kind, title, org, assignee, createdAt }: DigestEvent,
  timeZone: string,
  baseUrl: string,
): SectionLine {
  const since = formatLocal(createdAt, timeZone, 'd LLL HH:mm');
  const whose = assignee ? `, ${assignee} has it` : '';
  return {
    severity: severity ?? 'unclassified',
    text: `#${number} ${kind} ${title}${org ? `, ${org}` : ''}: since ${since}${whose}`,
    link: linkTo(eventId, baseUrl),
  };
}
