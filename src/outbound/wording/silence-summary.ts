/** The mail at the end of a silence: what is still down, what is new, what has recovered. */
import type { EventKind } from '../../events/event.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import type { SummedEvent } from '../../silences/summary.ts';
import { linkTo } from './event-facts.ts';
import { section, type Message, type SectionLine } from './message.ts';

export interface SilenceSummary {
  /** The person's name; null for a room. */
  greeting: string | null;
  /** In which the reader reads times. */
  timeZone: string;
  reasons: string[];
  /** False when they go on without these events. */
  isOver: boolean;
  from: Date;
  to: Date;
  events: readonly SummedEvent[];
  baseUrl: string;
}

/** Of each part; the rest is counted. */
const MOST_LINES = 30;
const LONGEST_REASON = 80;

export function wordSilenceSummary(summary: SilenceSummary): Message {
  const { greeting, timeZone, reasons, isOver, from, to, events, baseUrl } = summary;
  const down = events.filter(({ state, isNew }) => state === 'open' && !isNew);
  const fresh = events.filter(({ state, isNew }) => state === 'open' && isNew);
  const over = events.filter(({ state }) => state === 'completed');
  const asLine = (event: SummedEvent): SectionLine => line(event, summary);
  const titled = reasons.map((reason) => `“${reason}”`).join(', ');
  return {
    subject: `[${isOver ? 'silence over' : 'no longer silenced'}] ${cut(reasons.join(', '))}: ${describeCounts(down.length + fresh.length, over.length)}`,
    greeting,
    lead:
      `${reasons.length === 1 ? 'the silence' : 'the silences'} ${titled} ${describeEnd(isOver, reasons.length)}. ` +
      `Between ${shown(from, timeZone)} and ${shown(to, timeZone)} (${timeZone}) you were not told of what you respond to there.`,
    event: null,
    sections: [
      ...section('New since then, and still down', fresh, asLine, MOST_LINES),
      ...section('Down before, and still down', down, asLine, MOST_LINES),
      ...section('Recovered meanwhile', over, asLine, MOST_LINES),
    ],
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}

function describeEnd(isOver: boolean, count: number): string {
  if (isOver) return count === 1 ? 'is over' : 'are over';
  return `no longer ${count === 1 ? 'covers' : 'cover'} what is below`;
}

function describeCounts(down: number, over: number): string {
  const parts = [down > 0 ? `${down} still down` : '', over > 0 ? `${over} recovered` : ''].filter(Boolean);
  return parts.join(', ');
}

function cut(text: string): string {
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON - 1)}…` : text;
}

function line(event: SummedEvent, { timeZone, baseUrl }: SilenceSummary): SectionLine {
  const { id, severity, number, title, org } = event;
  return {
    eventId: id,
    severity: severity ?? 'unclassified',
    text: `#${number} ${title}${org ? `, ${org}` : ''}: ${describeState(event, timeZone)}`,
    link: linkTo(id, baseUrl),
  };
}

function describeState(
  { kind, state, createdAt, completedAt, completedBy }: SummedEvent,
  timeZone: string,
): string {
  if (state === 'open' || !completedAt) return `${STILL[kind]} since ${shown(createdAt, timeZone)}`;
  const by = completedBy === null || BY_ITSELF.has(completedBy) ? 'over' : `completed by ${completedBy}`;
  return `${by} since ${shown(completedAt, timeZone)}, begun ${shown(createdAt, timeZone)}`;
}

const STILL: Record<EventKind, string> = {
  FAILED: 'still down',
  MISSING: 'still missing',
  EXTRA: 'still too many',
  BLIND: 'still not read',
  METRIC: 'still out of range',
};

const BY_ITSELF = new Set(['recovery', 'arrival', 'quiet']);

function shown(instant: Date, timeZone: string): string {
  return formatLocal(instant, timeZone, 'd LLL HH:mm');
}
