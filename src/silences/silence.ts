/**
 * A silence: somebody's word that what happens in a scope needs no notice for a while, once or again and again. It mutes
 * what DaTamer would tell by itself, criticals too; it never touches judging, recovery, grouping or lists.
 */
import type { EventId } from '../kernel/ids.ts';

/** Of what is given, an event must fit every kind; of one kind any will do. Nothing given covers nothing. */
export interface SilenceScope {
  /** Patterns over org paths as in subscriptions; `!pattern` leaves out. */
  orgs: string[];
  servers: string[];
  /** Schedules, whose MISSING and EXTRA are meant. */
  streams: string[];
  rules: string[];
}

/** Wall-clock in a time zone: `start` until `durationMinutes` later by the clocks, on these days. */
export interface Recurrence {
  /** 1 is Monday, 7 Sunday; empty when days of the month are given. */
  weekdays: number[];
  /** 1 to 31; in a month that has no such day its last one. Empty when weekdays are given. */
  monthDays: number[];
  /** `HH:MM` */
  start: string;
  durationMinutes: number;
  timezone: string;
}

export interface Silence extends SilenceScope {
  id: string;
  reason: string;
  /** Of one that comes once; null for a recurring one. */
  from: Date | null;
  to: Date | null;
  recurrence: Recurrence | null;
  createdBy: string;
  createdAt: Date;
  /** Somebody ended the window that was running then. */
  endedAt: Date | null;
}

/** From an instant until before another. */
export interface Window {
  from: Date;
  to: Date;
}

/** What silences ask of an event. */
export interface SilenceableEvent {
  id: EventId;
  org: string | null;
  servers: string[];
  /** The schedule that it is a verdict on. */
  streamId: string | null;
  /** Rules that matched all of its mails but recoveries. */
  ruleIds: string[];
}
