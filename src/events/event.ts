/** An event and its signals, as the code that changes them sees them. */
import type { EventId } from '../kernel/ids.ts';
import type { Reason } from './grouping/explain.ts';
import type { Portrait } from './grouping/portrait.ts';
import { mostSevere, type MaybeSeverity } from './severity.ts';

/** FAILED: mail reports; MISSING, EXTRA: schedules; BLIND: own intake does not see; METRIC: monitor rules. */
export type EventKind = 'FAILED' | 'MISSING' | 'EXTRA' | 'BLIND' | 'METRIC';

/** As stored. `snoozed` is open with a snooze that has not run out; `merged` events are in no list. */
export type StoredState = 'open' | 'completed' | 'merged';

export interface EventSignal {
  key: string;
  label: string;
  /** A problem that has not recovered. */
  isOpen: boolean;
  severity: MaybeSeverity;
  firstAt: Date;
  lastAt: Date;
  recoveredAt: Date | null;
  /** When it turned from problem to recovery, within the last hour. */
  turns: Date[];
  /** What grouping knows of it; null for what never asked for anybody. */
  portrait: Portrait | null;
  /** Why it was put to other signals; null when it opened its event. */
  joined: Joined | null;
}

export interface Joined {
  /** Log-odds; null when people's word decided. */
  score: number | null;
  reasons: Reason[];
}

export interface OpenableEvent {
  id: EventId;
  number: number;
  kind: EventKind;
  state: StoredState;
  isNoise: boolean;
  flapping: boolean;
  /** Its signals once came far faster than is usual here. */
  isStorm: boolean;
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  title: string;
  createdAt: Date;
  assigneeId: string | null;
  assignedAt: Date | null;
  completedAt: Date | null;
  completedBy: string | null;
  completionNote: string | null;
  snoozedUntil: Date | null;
  mseCount: number;
  lastMseAt: Date | null;
}

/** Nobody has done anything with it: of a new event. */
export const UNTOUCHED = {
  assigneeId: null,
  assignedAt: null,
  completedAt: null,
  completedBy: null,
  completionNote: null,
  snoozedUntil: null,
} satisfies Partial<OpenableEvent>;

/**
 * The highest severity among the open signals; with none open, what the event had.
 * @param others severities of open signals that are not loaded
 */
export function severityOf(
  signals: Iterable<EventSignal>,
  present: MaybeSeverity,
  others: readonly MaybeSeverity[] = [],
): MaybeSeverity {
  const open = [...signals].filter(({ isOpen }) => isOpen).map(({ severity }) => severity);
  const all = [...open, ...others];
  return all.length > 0 ? (mostSevere(all) ?? null) : present;
}
