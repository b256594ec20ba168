/** The events that a batch may concern, as they change mail by mail in memory; join-mails.ts loads and writes them. */
import type { EventId } from '../kernel/ids.ts';
import type { NewChange } from './change.ts';
import type { EventSignal } from './event.ts';
import type { Grouping } from './grouping/grouping.ts';
import type { LoadedEvent, PlacedSignal } from './store.ts';

export interface Policy {
  reopenWindowMinutes: number;
  infoQuietMinutes: number;
  recoveryCompletes: boolean;
}

export class Board {
  readonly policy: Policy;
  readonly grouping: Grouping;
  readonly changes: NewChange[] = [];
  readonly events = new Map<EventId, LoadedEvent>();
  readonly created = new Set<EventId>();
  readonly touched = new Set<EventId>();
  /** Completed meanwhile: none of their signals is open any more, loaded or not. */
  readonly closed = new Set<EventId>();
  /** Events that took in signals: their first cause may be another now. */
  readonly grown = new Set<EventId>();
  /** Pairs that turned out to be one incident. */
  readonly merges: { from: LoadedEvent; into: LoadedEvent; why: string }[] = [];
  /** Signals of this batch, as they are now and where they point. */
  readonly pointed = new Map<string, PlacedSignal>();
  /** Where each signal points now. */
  readonly #current = new Map<string, LoadedEvent>();

  constructor(policy: Policy, grouping: Grouping, loaded: readonly LoadedEvent[]) {
    this.policy = policy;
    this.grouping = grouping;
    for (const event of loaded) {
      this.events.set(event.id, event);
      for (const key of event.signals.keys()) this.#current.set(key, event);
    }
  }

  currentOf(key: string): LoadedEvent | undefined {
    return this.#current.get(key);
  }

  add(event: LoadedEvent): void {
    this.events.set(event.id, event);
    this.created.add(event.id);
  }

  point(signal: EventSignal, event: LoadedEvent): void {
    const former = this.#current.get(signal.key);
    if (former && former !== event) former.signals.delete(signal.key);
    event.signals.set(signal.key, signal);
    this.#current.set(signal.key, event);
    this.pointed.set(signal.key, { ...signal, eventId: event.id });
  }

  record(event: LoadedEvent, change: Omit<NewChange, 'eventId'>): void {
    this.touched.add(event.id);
    this.changes.push({ ...change, eventId: event.id });
  }
}
