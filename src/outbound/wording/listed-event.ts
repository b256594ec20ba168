/** An event as a line of a notice that lists several. */
import type { StoredState } from '../../events/event.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import type { EventId } from '../../kernel/ids.ts';
import { linkTo } from './event-facts.ts';
import type { SectionLine } from './message.ts';

export interface ListedEvent {
  eventId: EventId;
  number: number;
  kind: string;
  title: string;
  severity: MaybeSeverity;
  org: string | null;
  state: StoredState;
  assignee: string | null;
  createdAt: Date;
}

export function asLine(event: ListedEvent, timeZone: string, baseUrl: string): SectionLine {
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
