/** An event as a line of a notice that lists several. */
import type { StoredState } from '../../events/event.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import type { EventId } from '../../kernel/ids.ts';
import { linkTo, type ToldEvent } from './event-facts.ts';
import type { SectionLine } from './message.ts';

/** What a line says of it. */
interface Line extends Omit<ToldEvent, 'servers'> {
  /** Null: nobody, or it needs no saying. */
  assignee: string | null;
}

export interface ListedEvent extends Line {
  eventId: EventId;
  state: StoredState;
}

export function asLine(event: Line, timeZone: string, baseUrl: string): SectionLine {
  const { eventId, severity, number, kind, title, org, assignee, createdAt } = event;
  const since = formatLocal(createdAt, timeZone, 'd LLL HH:mm');
  const whose = assignee ? `, ${assignee} has it` : '';
  return {
    eventId,
    severity: severity ?? 'unclassified',
    text: `#${number} ${kind} ${title}${org ? `, ${org}` : ''}: since ${since}${whose}`,
    link: linkTo(eventId, baseUrl),
  };
}
