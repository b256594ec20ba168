/** Runs of jobs that tell of their start and their end, and when one takes too long. */
import { DAY, MINUTE, SECOND } from '../../kernel/clock.ts';
import type { EventId, JobId, MseId, RunId } from '../../kernel/ids.ts';

/** A mail that tells of a run, as triage read it. */
export interface RunMail {
  mseId: MseId;
  at: Date;
  /** Of the Date header: used only for mail that a shut door kept waiting. */
  sentAt: Date | null;
  door: string;
  phase: 'started' | 'finished';
  jobKey: string;
  name: string;
  runId: string | null;
  outcome: 'success' | 'failure' | null;
  org: string | null;
  servers: string[];
  sender: string;
  severity: string | null;
}

export interface Run {
  id: RunId;
  /** Which of several at once, where mails number them. */
  runKey: string | null;
  /** null: its start was never told. */
  startedAt: Date | null;
  finishedAt: Date | null;
  outcome: 'success' | 'failure' | null;
  startMse: MseId | null;
  endMse: MseId | null;
  /** It was open at the same time as another. */
  overlaps: boolean;
  givenUpAt: Date | null;
  dueAt: Date | null;
  overdueEventId: EventId | null;
}

export interface JobPace {
  id: JobId;
  /** Seconds of the last runs, the newest last. */
  durations: number[];
  ends: number;
  overlaps: number;
}

/** Of so many runs the median is what is usual: a month of nightly ones, and no year-old habit. */
const REMEMBERED = 20;
/** Fewer durations say little about what is usual. */
export const LEAST_KNOWN = 5;
/** A run takes too long when it takes so many times longer than usual. */
export const OVERDUE_FACTOR = 4;
/** Mail takes its time as well: a run of seconds is not late after a minute. */
const SHORTEST_LIMIT_MS = 5 * MINUTE;
/** A start this long ago is no pair with an end: one of the mails between was lost. Slow jobs have twice their limit. */
const LONGEST_WAIT_MS = 3 * DAY;

export function rememberDuration(durations: readonly number[], ms: number): number[] {
  return [...durations, Math.round(ms / SECOND)].slice(-REMEMBERED);
}

/** The median; null until there were enough. */
export function usualMs(durations: readonly number[]): number | null {
  if (durations.length < LEAST_KNOWN) return null;
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? 0;
  const high = sorted[Math.floor(middle)] ?? 0;
  return ((low + high) / 2) * SECOND;
}

/** How long a run may be open; null while nobody knows what is usual. */
export function limitMs(durations: readonly number[]): number | null {
  const usual = usualMs(durations);
  return usual === null ? null : Math.max(SHORTEST_LIMIT_MS, OVERDUE_FACTOR * usual);
}

/** After this nobody waits for an end any more. */
export function longestWaitMs(durations: readonly number[]): number {
  return Math.max(LONGEST_WAIT_MS, 2 * (limitMs(durations) ?? 0));
}

const COUNTED = [
  '',
  '',
  'twice',
  'three times',
  'four times',
  'five times',
  'six times',
  'seven times',
  'eight times',
  'nine times',
];

/** `five times as long as usual`; null when it is nothing to speak of. */
export function describeSlowness(ms: number, durations: readonly number[]): string | null {
  const usual = usualMs(durations);
  const limit = limitMs(durations);
  if (usual === null || limit === null || ms <= limit) return null;
  const times = Math.round(ms / Math.max(usual, SECOND));
  return `${COUNTED[times] ?? `${times} times`} as long as usual`;
}
