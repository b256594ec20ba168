/** What the demo's story is told in: mails, deeds of people, and the days that they fall on. */
import { DAY, later } from '../../kernel/clock.ts';

export interface StoryMail {
  /** Unique in the story; becomes the Message-ID. */
  id: string;
  at: Date;
  from: string;
  subject: string;
  body: string;
  /** The mail whose event this one ends: what people did about it, they did before. */
  ends?: string;
}

export const PEOPLE = ['ada', 'ben', 'chiara'] as const;
export type Person = (typeof PEOPLE)[number];

/** What a person does about the event of a mail. */
export type Deed = { at: Date; who: Person; mail: string } & (
  | { what: 'take' }
  | { what: 'give'; to: Person }
  | { what: 'note'; text: string }
  | { what: 'complete'; note: string }
);

export interface Story {
  mails: StoryMail[];
  deeds: Deed[];
}

/** The instants the story turns on. */
export interface Stage {
  /** When the demo was started for the first time: the flood, and the backup that stays away. */
  firstStartAt: Date;
  /** When it was started this time: the mirror that falls silent. */
  startAt: Date;
}

export const HISTORY_MS = 21 * DAY;

/** The days (UTC) that may tell something of a range; what begins on one day may end on the next. */
export function daysAround(from: Date, until: Date): Date[] {
  const days: Date[] = [];
  const first = later(startOfDay(from), -DAY);
  for (let day = first; day <= until; day = later(day, DAY)) days.push(day);
  return days;
}

function startOfDay(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / DAY) * DAY);
}

/** `2026-11-07`, for ids and for chance. */
export function nameOfDay(day: Date): string {
  return day.toISOString().slice(0, 10);
}
