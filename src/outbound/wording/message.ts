/**
 * What a notice says, before any channel gives it a form: a mail shows all of it, a chat the head and the facts, a
 * telephone the subject. Plain data, so that it is stored as it was when it was decided.
 */
import type { Severity } from '../../events/severity.ts';

export interface Message {
  /** Severity, what it is, title, org, number: all that a telephone shows. One line. */
  subject: string;
  /** The person's name; null for a team's channel. */
  greeting: string | null;
  /** One sentence: what has happened. */
  lead: string;
  /** The event that it is about; null where it is about several, or none. */
  event: EventFacts | null;
  /** Lists of events, of digests and summaries. */
  sections: readonly Section[];
  /** Figures, of reports; left out elsewhere. */
  tables?: readonly FigureTable[];
  actions: readonly Action[];
}

export interface EventFacts {
  id: string;
  number: number;
  kind: string;
  severity: Severity | 'unclassified';
  org: string | null;
  servers: readonly string[];
  title: string;
  /** ISO 8601, of the first mail. */
  createdAt: string;
  /** In which the reader reads times. */
  timeZone: string;
  link: string;
  /** The beginning of its latest mail; left out where no mail made it. */
  excerpt?: string;
}

export interface Section {
  heading: string;
  lines: readonly SectionLine[];
  /** How many are not listed. */
  more: number;
}

export interface SectionLine {
  eventId: string;
  severity: Severity | 'unclassified';
  text: string;
  link: string;
}

export interface FigureTable {
  heading: string;
  rows: readonly (readonly [name: string, value: string])[];
}

/** A link for the reader to follow. */
export interface Action {
  label: string;
  link: string;
}

/** One of a mail's lists: the first `most` of them, the others counted; nothing when there are none. */
export function section<E>(
  heading: string,
  events: readonly E[],
  asLine: (event: E) => SectionLine,
  most: number,
): Section[] {
  if (events.length === 0) return [];
  return [
    {
      heading: `${heading}: ${events.length}`,
      lines: events.slice(0, most).map(asLine),
      more: Math.max(0, events.length - most),
    },
  ];
}
