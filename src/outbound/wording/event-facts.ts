/** An event as notices tell of it. */
import type { MaybeSeverity } from '../../events/severity.ts';
import type { EventFacts } from './message.ts';

export interface ToldEvent {
  eventId: string;
  number: number;
  kind: string;
  title: string;
  severity: MaybeSeverity;
  org: string | null;
  servers: readonly string[];
  createdAt: Date;
}

/** @param baseUrl of the pages, without a slash behind */
export function factsOf(event: ToldEvent, timeZone: string, baseUrl: string): EventFacts {
  const { eventId: id, number, kind, title, severity, org, servers, createdAt } = event;
  return {
    id,
    number,
    kind,
    severity: severity ?? 'unclassified',
    org,
    servers,
    title,
    createdAt: createdAt.toISOString(),
    timeZone,
    link: linkTo(id, baseUrl),
  };
}

export function linkTo(eventId: string, baseUrl: string): string {
  return `${baseUrl}/events/${eventId}`;
}
