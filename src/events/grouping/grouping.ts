/**
 * Which open event a new signal belongs to (semantics §5): candidates by server and by time, evidence, a score against
 * a threshold, and what people said. Kept in memory by the holder of the tenant's triage lease; store.ts rebuilds it
 * from the database. It never decides alone: join-mails.ts takes its word only for events that are locked and open.
 */
import { between, DAY, HOUR, MINUTE } from '../../kernel/clock.ts';
import type { EventId } from '../../kernel/ids.ts';
import { ActiveEvent } from './active-event.ts';
import { Arrivals } from './arrivals.ts';
import { CoOccurrence } from './co-occurrence.ts';
import { Constraints } from './constraints.ts';
import { gatherEvidence, type Evidence, type Past, type Sighting } from './evidence.ts';
import { explain, type Reason } from './explain.ts';
import { findFirstCause, type FirstCause } from './first-cause.ts';
import type { Portrait } from './portrait.ts';
import { Profile } from './profile.ts';
import { Rarity } from './rarity.ts';
import { scoreOf, START_WEIGHTS, surenessOf, type Weights } from './weigh.ts';

/** Log-odds: it is more likely than not. */
const THRESHOLD = 0;
/**
 * A tenant's first troubles are compared with nothing: what is usual here is not known yet, so that only strong
 * evidence joins. The extra falls to a third after so many signals.
 */
const FIRST_DAY_EXTRA = 3.2;
const FIRST_DAY_SIGNALS = 40;
/** A second event that a signal is linked with so strongly is the same incident seen from another side. */
const MERGE_THRESHOLD = 4;
/** Only while both are fresh: later people have begun to work with them. */
const MERGE_WINDOW_MS = 10 * MINUTE;

/** An event without a problem for a day takes nothing in any more. */
export const ACTIVE_MS = DAY;
/** Without a server in common, an event takes signals in for this long. */
const RECENT_MS = 30 * MINUTE;
/** In a storm of unrelated troubles only the newest are looked at, so that a mail's time stays bounded. */
const MOST_RECENT = 60;
const MOST_BY_SERVER = 20;
/** More active events than this: the longest quiet are forgotten. */
const MOST_EVENTS = 5000;
/** An event that has been quiet for so long has taught what belongs together. */
const TEACHES_AFTER_MS = 3 * HOUR;
const FEWEST_TO_TEACH = 3;
/** More signals than this and the counting begins anew. */
const MOST_ONSETS = 200_000;

export interface Choice {
  eventId: EventId;
  /** Log-odds; null when people's word decided. */
  score: number | null;
  reasons: Reason[];
  evidence: Evidence | null;
  /** Events that turn out to be the same incident. */
  same: EventId[];
}

/** New signals of one event come faster than chance explains. */
export interface Storm {
  /** Within the last minute. */
  begun: number;
  /** Ever. */
  signals: number;
}

export class Grouping {
  readonly constraints = new Constraints();
  readonly #arrivals = new Arrivals();
  readonly #onsets = new Map<string, number>();
  readonly past: Past = {
    rarity: new Rarity(),
    background: new Profile(),
    together: new CoOccurrence(),
    onsets: this.#onsets,
  };
  weights: Weights = START_WEIGHTS;
  /** Of what people said, as of loading. */
  stamp = '';
  /** The longest quiet first. */
  readonly #events = new Map<EventId, ActiveEvent>();
  readonly #byServer = new Map<string, Set<EventId>>();
  readonly #taught = new Set<EventId>();

  /** Ids of the events that are known here, to be compared with the database. */
  get activeIds(): EventId[] {
    return [...this.#events.keys()];
  }

  isActive(id: EventId | undefined): boolean {
    return id !== undefined && this.#events.has(id);
  }

  activeEvent(id: EventId): ActiveEvent | undefined {
    return this.#events.get(id);
  }

  /** Events that a sighting may be joined to: to be locked before anything is decided. */
  candidates({ portrait, at }: Sighting): EventId[] {
    const ids = new Set<EventId>();
    for (const server of [...portrait.servers, ...portrait.mentions]) {
      for (const id of newest(this.#byServer.get(server), MOST_BY_SERVER)) {
        if (this.#isWithin(id, at, ACTIVE_MS)) ids.add(id);
      }
    }
    for (const id of newest(this.#events.keys(), MOST_RECENT))
      if (this.#isWithin(id, at, RECENT_MS)) ids.add(id);
    return [...ids];
  }

  #isWithin(id: EventId, at: Date, span: number): boolean {
    const event = this.#events.get(id);
    return event !== undefined && Math.abs(between(event.lastProblemAt, at)) <= span;
  }

  /** @param isAllowed false for events that are not open any more */
  choose(sighting: Sighting, isAllowed: (id: EventId) => boolean): Choice | null {
    this.past.rarity.advance(sighting.at);
    const ranked = this.candidates(sighting)
      .filter(isAllowed)
      .flatMap((id) => this.#rate(sighting, id))
      .sort((one, other) => other.score - one.score);
    const [best, ...others] = ranked;
    if (!best || best.score <= this.#threshold()) return null;
    const same = others.filter((other) => this.#isSameIncident(other, best, sighting.at));
    const { event, evidence, score } = best;
    return {
      eventId: event.id,
      score: evidence ? Math.round(score * 100) / 100 : null,
      reasons: evidence
        ? explain(sighting.portrait, sighting.at, event, evidence, this.weights, this.past)
        : [{ kind: 'person', value: null, text: 'people put these together before' }],
      evidence,
      same: same.map((other) => other.event.id),
    };
  }

  #threshold(): number {
    return THRESHOLD + FIRST_DAY_EXTRA * Math.exp(-this.past.background.size / FIRST_DAY_SIGNALS);
  }

  #rate(sighting: Sighting, id: EventId): Rated[] {
    const event = this.#events.get(id);
    if (!event) return [];
    const said = this.constraints.between(sighting.key, event.signals);
    if (said === 'cannot') return [];
    if (said === 'must') return [{ event, evidence: null, score: Infinity }];
    const evidence = gatherEvidence(sighting, event, this.past);
    return evidence ? [{ event, evidence, score: scoreOf(evidence, this.weights) }] : [];
  }

  #isSameIncident(other: Rated, best: Rated, at: Date): boolean {
    const isFresh = [other, best].some(({ event }) => between(event.createdAt, at) <= MERGE_WINDOW_MS);
    const isForbidden = [...other.event.signals.keys()].some(
      (key) => this.constraints.between(key, best.event.signals) === 'cannot',
    );
    return other.score >= MERGE_THRESHOLD && isFresh && !isForbidden;
  }

  /**
   * What a mail of an event said, after it was placed.
   * @param score with which its signal was joined; null when it opened the event or people put it there
   */
  noteProblem(id: EventId, createdAt: Date, sighting: Sighting, score: number | null = null): void {
    const { key, portrait, at } = sighting;
    const signals = this.#events.get(id)?.signals;
    if (!signals?.get(key)?.isOpen) this.countOnset(key);
    if (!signals?.has(key)) this.countSignal(portrait, at);
    this.resume(id, createdAt, sighting, score);
  }

  /** The same for what has been counted before: after a take-over. */
  resume(id: EventId, createdAt: Date, { key, portrait, at }: Sighting, score: number | null = null): void {
    const event = this.#events.get(id) ?? new ActiveEvent(id, createdAt);
    event.open(key, portrait, at, score === null ? 1 : surenessOf(score));
    // Behind all others: it is the newest now.
    this.#events.delete(id);
    this.#events.set(id, event);
    for (const server of [...portrait.servers, ...portrait.mentions]) this.#index(server, id);
    this.#retireQuiet(at);
  }

  /** A signal that its event did not have: what is usual here is counted by these. */
  countSignal(portrait: Portrait, at: Date): void {
    this.past.background.add(portrait);
    this.past.rarity.add(portrait.words, at);
    this.#arrivals.add(at);
  }

  /** @returns null while new signals of the event come no faster than by chance */
  stormOf(id: EventId, now: Date): Storm | null {
    const event = this.#events.get(id);
    if (!event) return null;
    const begun = event.begunWithinMinute(now);
    return this.#arrivals.isStorm(begun, now) ? { begun, signals: event.size } : null;
  }

  /** A signal began: what begins every day is no part of an incident. */
  countOnset(key: string): void {
    if (this.#onsets.size >= MOST_ONSETS && !this.#onsets.has(key)) this.#onsets.clear();
    this.#onsets.set(key, (this.#onsets.get(key) ?? 0) + 1);
  }

  noteRecovery(id: EventId, key: string, at: Date): void {
    this.#events.get(id)?.close(key, at);
  }

  /** The event is over (or no longer open for whatever reason): nothing joins it, and it teaches. */
  retire(id: EventId): void {
    const event = this.#events.get(id);
    if (!event) return;
    this.#teach(event);
    this.#forget(event);
  }

  /** Two events turned out to be one. */
  absorb(into: EventId, from: EventId): void {
    const target = this.#events.get(into);
    const source = this.#events.get(from);
    if (!target || !source) return;
    target.absorb(source);
    for (const { portrait } of source.signals.values()) {
      for (const server of [...portrait.servers, ...portrait.mentions]) this.#index(server, into);
    }
    this.#forget(source);
  }

  firstCause(id: EventId): FirstCause | null {
    return findFirstCause(this.#events.get(id)?.signals.values() ?? []);
  }

  #index(server: string, id: EventId): void {
    const ids = this.#byServer.get(server) ?? new Set();
    ids.delete(id);
    ids.add(id);
    this.#byServer.set(server, ids);
  }

  #retireQuiet(now: Date): void {
    for (const event of this.#events.values()) {
      const quiet = between(event.lastProblemAt, now);
      if (quiet <= TEACHES_AFTER_MS && this.#events.size <= MOST_EVENTS) break;
      this.#teach(event);
      if (quiet > ACTIVE_MS || this.#events.size > MOST_EVENTS) this.#forget(event);
    }
  }

  #teach(event: ActiveEvent): void {
    if (event.size < FEWEST_TO_TEACH || this.#taught.has(event.id)) return;
    this.#taught.add(event.id);
    this.past.together.learn([...event.signals.values()].map(({ portrait }) => portrait));
  }

  #forget(event: ActiveEvent): void {
    this.#events.delete(event.id);
    this.#taught.delete(event.id);
    for (const { portrait } of event.signals.values()) {
      for (const server of [...portrait.servers, ...portrait.mentions]) {
        const ids = this.#byServer.get(server);
        ids?.delete(event.id);
        if (ids?.size === 0) this.#byServer.delete(server);
      }
    }
  }
}

interface Rated {
  event: ActiveEvent;
  /** Null when people's word decides. */
  evidence: Evidence | null;
  score: number;
}

/** The last ones of an insertion-ordered collection. */
function newest<T>(ids: Iterable<T> | undefined, count: number): T[] {
  return ids ? [...ids].slice(-count) : [];
}
