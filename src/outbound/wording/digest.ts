/** The mail that lists what somebody was not told of at once. */
import type { StoredState } from '../../events/event.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import type { Wording } from './assignment.ts';

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
  name: string;
  timeZone: string;
  /** The most severe first. */
  events: readonly DigestEvent[];
  baseUrl: string;
}

/** The rest is counted: a mail of hundreds of lines is not read. */
const MOST_LINES = 50;

export function wordDigest({ name, timeZone, events, baseUrl }: Digest): Wording {
  const open = events.filter(({ state }) => state === 'open');
  const over = events.filter(({ state }) => state !== 'open');
  return {
    subject: `[digest] ${open.length} open${over.length > 0 ? `, ${over.length} over` : ''}${describeWorst(open)}`,
    text: [
      `Hello ${name},`,
      '',
      'what has happened since, and was not worth a mail of its own:',
      ...section('Open', open, timeZone, baseUrl),
      ...section('Over already', over, timeZone, baseUrl),
      '',
      `${baseUrl}/events`,
      '',
      '-- ',
      'DaTamer',
      '',
    ].join('\n'),
  };
}

function describeWorst([worst]: readonly DigestEvent[]): string {
  return worst ? `: ${worst.title} #${worst.number}` : '';
}

function section(
  heading: string,
  events: readonly DigestEvent[],
  timeZone: string,
  baseUrl: string,
): string[] {
  if (events.length === 0) return [];
  const more = events.length - MOST_LINES;
  return [
    '',
    `${heading}: ${events.length}`,
    ...events
      .slice(0, MOST_LINES)
      .flatMap((event) => [line(event, timeZone), `    ${baseUrl}/events/${event.eventId}`]),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function line(
  { severity, number, kind, title, org, assignee, createdAt }: DigestEvent,
  timeZone: string,
): string {
  const since = formatLocal(createdAt, timeZone, 'd LLL HH:mm');
  const whose = assignee ? `, ${assignee} has it` : '';
  return `  [${severity ?? 'unclassified'}] #${number} ${kind} ${title}${org ? `, ${org}` : ''}: since ${since}${whose}`;
}
