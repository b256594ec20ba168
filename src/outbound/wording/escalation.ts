/** The mail that nobody has taken an event, to whoever is next; and to who has one and does nothing. */
import { formatLocal } from '../../kernel/calendar.ts';
import { severityRank } from '../../events/severity.ts';
import { factsOf, type ToldEvent } from './event-facts.ts';
import { asLine } from './listed-event.ts';
import { section, type Message, type SectionLine } from './message.ts';

export interface Escalated extends ToldEvent {
  /** When anybody did something with it last. */
  touchedAt: Date;
  /** Why it is this person. */
  by: { kind: 'group' | 'rota' | 'user' | 'channel'; name: string }[];
  /** Who is told then, in words. */
  next: string;
}

export interface EscalationNotice {
  /** Null for a team's channel. */
  greeting: string | null;
  /** In which the person reads times. */
  timeZone: string;
  /** To who has it. */
  isReminder: boolean;
  events: readonly Escalated[];
  baseUrl: string;
}

const MOST_LINES = 50;

export function wordEscalation(notice: EscalationNotice): Message {
  const [event] = notice.events;
  return event && notice.events.length === 1 ? wordOne(notice, event) : wordSeveral(notice);
}

function wordOne({ greeting, timeZone, isReminder, baseUrl }: EscalationNotice, told: Escalated): Message {
  const event = factsOf(told, timeZone, baseUrl);
  const { severity, kind, title, org, number, link } = event;
  const touched = `${formatLocal(told.touchedAt, timeZone, 'ccc HH:mm')} ${timeZone}`;
  const what = isReminder ? 'still yours' : 'nobody has it';
  return {
    subject: `[${severity}] ${what}: ${kind} ${title}${org ? ` (${org})` : ''} #${number}`,
    greeting,
    lead: isReminder
      ? `you have event #${number}, and nobody has done anything with it since ${touched}:`
      : `nobody has taken event #${number}. ${because(told)}${capitalise(told.next)}.`,
    event,
    sections: [],
    actions: [{ label: isReminder ? 'Say how it stands, snooze it or complete it' : 'Take it', link }],
  };
}

/** With a blank behind; a room needs no reason. */
function because({ by }: Escalated): string {
  const reasons = by.flatMap(({ kind, name }) => {
    if (kind === 'user' || kind === 'channel') return [];
    return kind === 'rota' ? `you are on call in ${name}` : `you are in ${name}`;
  });
  return reasons.length > 0 ? `You are told because ${reasons.join(' and ')}. ` : '';
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function wordSeveral({ greeting, timeZone, isReminder, events, baseUrl }: EscalationNotice): Message {
  const sorted = [...events].sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  const [worst] = sorted;
  const severity = worst?.severity ?? 'unclassified';
  const what = isReminder ? 'still yours' : 'nobody has them';
  const line = (event: Escalated): SectionLine => asLine({ ...event, assignee: null }, timeZone, baseUrl);
  return {
    subject: `[${severity}] ${what}: ${events.length} events, ${worst?.title ?? ''} #${worst?.number ?? ''}`,
    greeting,
    lead: isReminder
      ? 'you have these events, and nobody has done anything with them for long:'
      : `nobody has taken these events. ${worst ? because(worst) : ''}`.trim(),
    event: null,
    sections: section(isReminder ? 'Yours' : 'Nobody’s', sorted, line, MOST_LINES),
    actions: [{ label: 'All open events', link: `${baseUrl}/events` }],
  };
}
