/**
 * Which end belongs to which start. Where mails number their runs the number decides. Else an end belongs to the latest
 * open start: when the end of a run was lost (the machine died), the runs after it still have their own times, where
 * "first started, first ended" would be one run behind for ever. Of runs at once whose mails look alike nobody can tell
 * which one has ended: their times are shown, and not learnt from.
 *
 * Pure: works on one job's open runs in memory; track-runs.ts loads and writes them.
 */
import { between, later } from '../../kernel/clock.ts';
import { newId, type EventId, type RunId } from '../../kernel/ids.ts';
import { describeSpan } from '../expectation.ts';
import {
  describeSlowness,
  limitMs,
  longestWaitMs,
  OVERDUE_FACTOR,
  rememberDuration,
  type JobPace,
  type Run,
  type RunMail,
} from './run.ts';

/** A job that tells only of starts would fill the table. */
const MOST_OPEN = 20;

export interface PairedRuns {
  pace: JobPace;
  /** New and changed ones. */
  runs: Run[];
  /** Events of overdue runs that are over, with when and why. */
  ended: { eventId: EventId; at: Date; why: string }[];
}

/** @param mails of one job, in order */
export function pairRuns(pace: JobPace, openRuns: readonly Run[], mails: readonly RunMail[]): PairedRuns {
  const paired: PairedRuns = { pace: { ...pace }, runs: [], ended: [] };
  let open = openRuns.map((run) => ({ ...run })).sort(byStart);
  for (const mail of mails) {
    open = giveUpOld(paired, open, mail.at);
    if (mail.phase === 'started') open = begin(paired, open, mail);
    else open = end(paired, open, mail);
  }
  return paired;
}

function byStart(one: Run, other: Run): number {
  return startOf(one) - startOf(other);
}

function startOf({ startedAt }: Run): number {
  return startedAt?.getTime() ?? 0;
}

function begin(paired: PairedRuns, open: readonly Run[], mail: RunMail): Run[] {
  // Told twice.
  if (mail.runId !== null && open.some(({ runKey }) => runKey === mail.runId)) return [...open];
  const limit = limitMs(paired.pace.durations);
  const overlaps = open.length > 0;
  const run: Run = {
    ...newRun(mail),
    startedAt: mail.at,
    startMse: mail.mseId,
    overlaps,
    dueAt: limit === null ? null : later(mail.at, limit),
  };
  if (overlaps) paired.pace.overlaps += 1;
  const met = open.map((other) => ({ ...other, overlaps: true }));
  for (const other of met) change(paired, other);
  const kept = met.slice(Math.max(0, met.length + 1 - MOST_OPEN));
  for (const old of met.slice(0, met.length - kept.length))
    giveUp(paired, old, mail.at, `${MOST_OPEN} later runs have started`);
  change(paired, run);
  return [...kept, run];
}

function newRun({ at, runId }: RunMail): Run {
  return {
    id: newId<RunId>(at),
    runKey: runId,
    startedAt: null,
    finishedAt: null,
    outcome: null,
    startMse: null,
    endMse: null,
    overlaps: false,
    givenUpAt: null,
    dueAt: null,
    overdueEventId: null,
  };
}

function end(paired: PairedRuns, open: readonly Run[], mail: RunMail): Run[] {
  const possible = open.filter((one) => mayEnd(mail, one));
  const run = possible.findLast(({ runKey }) => runKey !== null && runKey === mail.runId) ?? possible.at(-1);
  paired.pace.ends += 1;
  if (!run) {
    change(paired, { ...newRun(mail), finishedAt: mail.at, outcome: mail.outcome, endMse: mail.mseId });
    return [...open];
  }
  const others = open.filter((one) => one !== run);
  const took = between(run.startedAt ?? mail.at, mail.at);
  if (run.overdueEventId)
    paired.ended.push({ eventId: run.overdueEventId, at: mail.at, why: outcomeOf(paired, mail, took) });
  // What has failed early, or took the time of another, says nothing of how long it usually takes.
  if (mail.outcome !== 'failure' && !isAmbiguous(run, others, took))
    paired.pace.durations = rememberDuration(paired.pace.durations, took);
  change(paired, { ...run, finishedAt: mail.at, outcome: mail.outcome, endMse: mail.mseId, dueAt: null });
  return giveUpLost(paired, others, run, mail);
}

function mayEnd({ runId, at }: RunMail, { runKey, startedAt }: Run): boolean {
  if (startedAt && startedAt > at) return false;
  return runId === null || runKey === null || runKey === runId;
}

function outcomeOf({ pace }: PairedRuns, { outcome }: RunMail, took: number): string {
  const slowness = describeSlowness(took, pace.durations);
  const head = outcome === 'failure' ? `failed after ${describeSpan(took)}` : `took ${describeSpan(took)}`;
  return slowness ? `${head}, ${slowness}` : head;
}

/** Another run may as well have been the one that ended; one that started much earlier has rather lost its end. */
function isAmbiguous(run: Run, others: readonly Run[], took: number): boolean {
  if (run.runKey !== null || !run.overlaps) return false;
  const areLost = others.every((other) => startOf(run) - startOf(other) >= OVERDUE_FACTOR * took);
  return others.length === 0 || !areLost;
}

/** A run that was told to be overdue before a later one began and ended: its own end is not to be expected. */
function giveUpLost(paired: PairedRuns, others: readonly Run[], ended: Run, mail: RunMail): Run[] {
  return others.filter((other) => {
    const isLost =
      other.overdueEventId !== null &&
      other.runKey === null &&
      startOf(ended) > startOf(other) &&
      ended.runKey === null;
    if (isLost) giveUp(paired, other, mail.at, 'a later run has ended; the end of this one was never told');
    return !isLost;
  });
}

function giveUpOld(paired: PairedRuns, open: readonly Run[], at: Date): Run[] {
  const longest = longestWaitMs(paired.pace.durations);
  return open.filter((run) => {
    const isOld = at.getTime() - startOf(run) > longest;
    if (isOld) giveUp(paired, run, at, `no end was told for ${describeSpan(longest)}`);
    return !isOld;
  });
}

function giveUp(paired: PairedRuns, run: Run, at: Date, why: string): void {
  if (run.overdueEventId) paired.ended.push({ eventId: run.overdueEventId, at, why });
  change(paired, { ...run, givenUpAt: at, dueAt: null });
}

/** One row a run, as it is in the end. */
function change(paired: PairedRuns, run: Run): void {
  const at = paired.runs.findIndex(({ id }) => id === run.id);
  if (at < 0) paired.runs.push(run);
  else paired.runs[at] = run;
}
