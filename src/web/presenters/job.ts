/** A job as a row: how it stands, how long its last runs took as bars, what is usual. */
import { SECOND } from '../../kernel/clock.ts';
import { describeSpan } from '../../watchdog/expectation.ts';
import type { ListedJob, ListedRun } from '../../watchdog/runs/list-jobs.ts';
import { limitMs } from '../../watchdog/runs/run.ts';
import { presentRun, statusOf, type JobStatus } from '../api/jobs.ts';
import { presentOrg } from './org.ts';
import { presentTime } from './time.ts';

const STATUS_WORDS: Record<JobStatus, { word: string; tone: string; icon: string }> = {
  overdue: { word: 'still running', tone: 'is-missing', icon: 'alert' },
  running: { word: 'running', tone: '', icon: 'clock' },
  failed: { word: 'failed', tone: 'is-warn', icon: 'alert' },
  ok: { word: 'finished', tone: 'is-ok', icon: 'check' },
  ended: { word: 'ended', tone: '', icon: 'check' },
};

/** As many as a row's strip has room for. */
export const SHOWN_RUNS = 30;

export function presentJob(job: ListedJob, runs: readonly ListedRun[], now: Date, timeZone: string) {
  const { overdueEventId, runningSince, tookSeconds, usualSeconds } = job;
  return {
    id: job.id,
    href: hrefOf(job.id),
    name: job.name,
    org: presentOrg(job.org),
    sender: job.sender,
    servers: job.servers.join(', '),
    status: STATUS_WORDS[statusOf(job)],
    eventHref: overdueEventId ? `/events/${overdueEventId}` : null,
    runningFor: runningSince && describeSpan(now.getTime() - runningSince.getTime()),
    runningAtOnce: job.running > 1 ? job.running : null,
    finished: presentTime(job.finishedAt, now, timeZone),
    took: tookSeconds === null ? null : describeSpan(tookSeconds * SECOND),
    usual: usualSeconds === null ? null : describeSpan(usualSeconds * SECOND),
    overlaps: job.overlaps,
    strip: presentStrip(job, runs.slice(0, SHOWN_RUNS).reverse()),
  };
}

export function presentJobRun(run: ListedRun, job: ListedJob, now: Date, timeZone: string) {
  const { startedAt, finishedAt, outcome, number, seconds, eventId, note } = presentRun(run, job);
  const isOpen = !finishedAt && !run.givenUpAt;
  return {
    number,
    started: presentTime(startedAt, now, timeZone),
    finished: presentTime(finishedAt, now, timeZone),
    took: seconds === null ? null : describeSpan(seconds * SECOND),
    word: isOpen ? 'running' : outcome === 'failure' ? 'failed' : finishedAt ? 'finished' : 'no end told',
    note,
    startHref: run.startMse && `/mses/${run.startMse}`,
    endHref: run.endMse && `/mses/${run.endMse}`,
    eventHref: eventId && `/events/${eventId}`,
  };
}

/** @param usualSeconds may be another by now than when the event was opened */
export function presentJobOfEvent(
  {
    id,
    name,
    usualSeconds,
    startedAt,
  }: Pick<ListedJob, 'id' | 'name' | 'usualSeconds'> & { startedAt: Date },
  now: Date,
  timeZone: string,
) {
  return {
    href: hrefOf(id),
    name,
    usual: usualSeconds === null ? null : describeSpan(usualSeconds * SECOND),
    started: presentTime(startedAt, now, timeZone),
  };
}

function hrefOf(id: string): string {
  return `/schedules/jobs/${id}`;
}

type Bar = 'ok' | 'late' | 'gone' | 'more' | 'none';

const BAR_WORDS: Record<Bar, string> = {
  ok: 'finished',
  late: 'failed',
  gone: 'no end told',
  more: 'much slower than usual',
  none: 'running, or no start told',
};
const STEP = 5;
const HEIGHT = 16;
const LEAST_HEIGHT = 2;

/** The longer a run took, the higher its bar; one that took far too long is cut at the top. */
function presentStrip(job: ListedJob, runs: readonly ListedRun[]) {
  const limit = limitMs(job.durations) ?? Infinity;
  const bars = runs.map((run) => {
    const { seconds } = presentRun(run, job);
    return { kind: kindOf(run, seconds, limit), seconds: seconds ?? 0 };
  });
  const longest = Math.max(1, ...bars.map(({ seconds }) => Math.min(seconds, limit / SECOND)));
  const kinds = Object.keys(BAR_WORDS) as Bar[];
  const counts = kinds.flatMap((kind) => {
    const count = bars.filter((bar) => bar.kind === kind).length;
    return count > 0 ? [`${count} ${BAR_WORDS[kind]}`] : [];
  });
  return {
    width: Math.max(1, bars.length) * STEP,
    paths: kinds.map((kind) => ({
      kind,
      path: bars
        .map((bar, at) => (bar.kind === kind ? draw(kind, at * STEP, bar.seconds / longest) : ''))
        .join(''),
    })),
    alternative: `The last ${bars.length} runs: ${counts.join(', ')}`,
  };
}

function kindOf(
  { startedAt, finishedAt, givenUpAt, outcome }: ListedRun,
  seconds: number | null,
  limit: number,
): Bar {
  if (givenUpAt) return 'gone';
  if (!startedAt || !finishedAt) return 'none';
  if (outcome === 'failure') return 'late';
  return (seconds ?? 0) * SECOND > limit ? 'more' : 'ok';
}

function draw(kind: Bar, x: number, share: number): string {
  if (kind === 'gone') return `M${x + 1} 6.5h3V15.5h-3z`;
  const height = Math.round(LEAST_HEIGHT + Math.min(1, share) * (HEIGHT - 1 - LEAST_HEIGHT));
  return `M${x + 2.5} ${HEIGHT}v-${kind === 'none' ? LEAST_HEIGHT : height}`;
}
