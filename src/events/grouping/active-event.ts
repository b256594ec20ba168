/** An open event as grouping sees it: its signals of the last day, the newest problems last. */
import { between, MINUTE } from '../../kernel/clock.ts';
import type { EventId } from '../../kernel/ids.ts';
import type { Portrait } from './portrait.ts';
import { Profile } from './profile.ts';

export interface ActiveSignal {
  key: string;
  portrait: Portrait;
  /** How likely it belongs to the event, 0 to 1: what it draws in counts by this. */
  sureness: number;
  isOpen: boolean;
  firstAt: Date;
  /** Of its problems. */
  lastAt: Date;
  recoveredAt: Date | null;
}

/** Signals compared one by one; the rest of a storm is in the profile. */
const MOST_COMPARED = 80;
/** A recovery may come before the last of the problems that it ends. */
const STILL_WARM_MS = 15 * MINUTE;
/** More signals than this are counted in the profile only: an event of a storm stays small in memory. */
const MOST_KEPT = 2000;
/** More within a minute are a storm anywhere. */
const MOST_BEGUN = 2000;

export class ActiveEvent {
  readonly id: EventId;
  readonly createdAt: Date;
  lastProblemAt: Date;
  /** Signals that reported a problem, ever. */
  size = 0;
  readonly profile = new Profile();
  readonly signals = new Map<string, ActiveSignal>();
  /** When signals began, within the last minute. */
  #begun: Date[] = [];
  /** When each word was said last, and how surely by this event. */
  readonly words = new Map<string, { at: Date; sureness: number }>();

  constructor(id: EventId, createdAt: Date) {
    this.id = id;
    this.createdAt = createdAt;
    this.lastProblemAt = createdAt;
  }

  /**
   * A problem of a signal, new or known.
   * @param sureness 1 for what opened the event and for what people put there
   */
  open(key: string, portrait: Portrait, at: Date, sureness = 1): void {
    const known = this.signals.get(key);
    // The newest problems stand last, so that comparing may begin there.
    this.signals.delete(key);
    this.signals.set(key, {
      key,
      portrait,
      sureness,
      isOpen: true,
      // What comes and goes does not make its event grow.
      firstAt: known?.firstAt ?? at,
      lastAt: at,
      recoveredAt: null,
    });
    if (!known) {
      this.size += 1;
      this.profile.add(portrait);
      this.#begun = [...this.#within(at), at].slice(-MOST_BEGUN);
    }
    for (const word of portrait.words) this.words.set(word, { at, sureness });
    if (at > this.lastProblemAt) this.lastProblemAt = at;
    if (this.signals.size > MOST_KEPT) this.#forgetOldest();
  }

  /** Signals that began within the last minute. */
  begunWithinMinute(now: Date): number {
    return this.#within(now).length;
  }

  #within(now: Date): Date[] {
    return this.#begun.filter((at) => Math.abs(between(at, now)) < MINUTE);
  }

  close(key: string, at: Date): void {
    const signal = this.signals.get(key);
    if (!signal?.isOpen) return;
    signal.isOpen = false;
    signal.recoveredAt = at;
  }

  /** Takes over all that another event had. */
  absorb(other: ActiveEvent): void {
    for (const [key, signal] of other.signals) {
      if (this.signals.has(key)) continue;
      this.signals.set(key, signal);
      this.size += 1;
      this.profile.add(signal.portrait);
    }
    this.#begun = [...this.#begun, ...other.#begun].slice(-MOST_BEGUN);
    for (const [word, said] of other.words) this.words.set(word, said);
    if (other.lastProblemAt > this.lastProblemAt) this.lastProblemAt = other.lastProblemAt;
  }

  /** The newest signals that still mean something: open, or recovered a moment ago. */
  compared(now: Date): ActiveSignal[] {
    const chosen: ActiveSignal[] = [];
    for (const signal of [...this.signals.values()].reverse()) {
      if (!signal.isOpen && signal.recoveredAt && between(signal.recoveredAt, now) > STILL_WARM_MS) continue;
      chosen.push(signal);
      if (chosen.length === MOST_COMPARED) break;
    }
    return chosen;
  }

  #forgetOldest(): void {
    const [oldest] = this.signals.keys();
    if (oldest !== undefined) this.signals.delete(oldest);
  }
}
