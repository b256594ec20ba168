/** A rota: people who are on call in turn, handed over by the clocks of one time zone. */
import type { UserId } from '../../kernel/ids.ts';

export const TURN_UNITS = ['day', 'week'] as const;
export type TurnUnit = (typeof TURN_UNITS)[number];

/** How turns follow each other. They go on for ever, also before the first day: somebody is always on call. */
export interface Rhythm {
  timeZone: string;
  /** A turn lasts this many days or weeks of the calendar. */
  every: number;
  unit: TurnUnit;
  /** `2026-11-23`: on this day the first person takes over; weekly turns begin on its weekday. */
  startsOn: string;
  /** `HH:MM` on the wall. */
  handOverAt: string;
}

export interface Rota extends Rhythm {
  id: string;
  name: string;
  /**
   * In the order of their turns. Null is the place of somebody who has left the tenant: who follows takes it, so that
   * nobody else's turns move.
   */
  places: (UserId | null)[];
  /** The oldest first; of two at one time the later one counts. */
  overrides: Override[];
}

/** Somebody else is on call for a while. */
export interface Override {
  id: string;
  userId: UserId;
  /** Only where it would have been this person's turn; null: whoever's. */
  insteadOf: UserId | null;
  from: Date;
  to: Date;
  createdBy: string;
}

/** A stretch of one turn in which one person is on call. */
export interface Shift {
  from: Date;
  to: Date;
  /** Null when nobody of the rota is left. */
  userId: UserId | null;
  /** Whose turn it is, when an override gave it to another. */
  insteadOf: UserId | null;
  overrideId: string | null;
}
