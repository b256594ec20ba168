/** A schedule as a row: expectation in words, status, the strip of its last periods, and when the next mail is due. */
import { describeExpectation, type CronTimes } from '../../watchdog/expectation.ts';
import type { PeriodVerdict } from '../../watchdog/period-counts.ts';
import type { ListedStream, StreamStatus } from '../../watchdog/list-streams.ts';
import { forecast } from '../../watchdog/forecast.ts';
import type { ZoneShift } from '../../watchdog/proposals/zone-shift.ts';
import { expectedBy } from '../../watchdog/streams.ts';
import { usualTime } from '../../watchdog/usual-time.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { presentOrg } from './org.ts';
import { presentTime } from './time.ts';

export const STATUS_WORDS: Record<StreamStatus, { word: string; tone: string; icon: string }> = {
  missing: { word: 'missing', tone: 'is-missing', icon: 'alert' },
  extra: { word: 'extra', tone: 'is-extra', icon: 'plus' },
  late: { word: 'late', tone: 'is-warn', icon: 'clock' },
  blind: { word: 'not judged', tone: '', icon: 'blind' },
  ok: { word: 'on time', tone: 'is-ok', icon: 'check' },
  learning: { word: 'learning', tone: '', icon: 'eye' },
  paused: { word: 'paused', tone: '', icon: 'pause' },
};

const SOURCE_WORDS = { tag: 'by its tag', rule: 'by a rule', declared: 'by hand' };

export function presentSchedule(
  stream: ListedStream,
  periods: readonly PeriodVerdict[],
  now: Date,
  timeZone: string,
) {
  const { status } = stream;
  const isBroken = status === 'missing' || status === 'extra' || (status === 'late' && stream.breachSince);
  return {
    id: stream.id,
    href: `/schedules/${stream.id}`,
    silenceHref: `/settings/silences/new?${new URLSearchParams({ streams: stream.id }).toString()}`,
    name: stream.name,
    org: presentOrg(stream.org),
    from: [stream.subject, stream.sender].filter(Boolean).join(' from '),
    servers: stream.servers.join(', '),
    expectation: describeExpectation(stream),
    source: SOURCE_WORDS[stream.source],
    status: STATUS_WORDS[status],
    eventHref: stream.breachEventId ? `/events/${stream.breachEventId}` : null,
    strip: presentStrip(periods, stream.period),
    due: isBroken ? null : presentTime(expectedBy(stream), now, timeZone),
    since: isBroken ? presentTime(stream.breachSince, now, timeZone) : null,
    last: presentTime(stream.lastArrivalAt, now, timeZone),
    isPaused: stream.isPaused,
    usual: presentUsual(stream, timeZone),
    changed: stream.former && `${stream.former.n} ± ${stream.former.variance}`,
    untagged: presentUntagged(stream, now, timeZone),
  };
}

/** `usually 02:14 ± 6 min` */
function presentUsual(stream: ListedStream, timeZone: string): string | null {
  const usual = usualTime(stream, stream.arrivals, stream.cron?.timezone ?? timeZone);
  return usual && `usually ${usual.at}${usual.spreadMinutes > 0 ? ` ± ${usual.spreadMinutes} min` : ''}`;
}

function presentUntagged(stream: ListedStream, now: Date, timeZone: string) {
  if (stream.untaggedCount === 0) return null;
  const search = new URLSearchParams({
    sender: stream.sender ?? '',
    subject: stream.subject ?? '',
    period: stream.period,
    n: String(stream.n),
  });
  return {
    count: stream.untaggedCount,
    last: presentTime(stream.untaggedAt, now, timeZone),
    declareHref: `/schedules?${search.toString()}#new`,
  };
}

/** `Always 2 h late since Sun 25 Oct` */
export function presentZoneShift(
  shift: ZoneShift | null,
  cron: CronTimes | null,
  now: Date,
  timeZone: string,
) {
  if (!shift || !cron) return null;
  const { hours, since, timezone } = shift;
  return {
    words: `Always ${Math.abs(hours)} h ${hours > 0 ? 'late' : 'early'}`,
    since: presentTime(since, now, timeZone),
    timezone,
    present: cron.timezone,
  };
}

/** When the next mails should be there, by the clocks: `Mon 23 Nov 02:00`. */
export function presentForecast(stream: ListedStream, now: Date, timeZone: string, count: number): string[] {
  if (stream.isPaused) return [];
  return forecast(stream, stream.arrivals, now, count).map((due) =>
    formatLocal(due, stream.cron?.timezone ?? timeZone, 'ccc d LLL HH:mm'),
  );
}

/** Heights and outlines tell the verdicts apart, not only colours. */
const STROKES: Record<PeriodVerdict, { kind: string; draw: (x: number) => string }> = {
  ok: { kind: 'ok', draw: (x) => `M${x + 2.5} 16V6` },
  few: { kind: 'late', draw: (x) => `M${x + 2.5} 16V11` },
  gone: { kind: 'gone', draw: (x) => `M${x + 1} 6.5h3V15.5h-3z` },
  more: { kind: 'more', draw: (x) => `M${x + 2.5} 16V1` },
  none: { kind: 'none', draw: (x) => `M${x + 2.5} 16v-2` },
};
const VERDICT_WORDS: Record<PeriodVerdict, string> = {
  ok: 'on time',
  few: 'too few',
  gone: 'missing',
  more: 'too many',
  none: 'not judged',
};
const STEP = 5;

export function presentStrip(periods: readonly PeriodVerdict[], period: string) {
  const kinds = Object.keys(STROKES) as PeriodVerdict[];
  const counts = kinds
    .map((verdict) => ({ verdict, count: periods.filter((one) => one === verdict).length }))
    .filter(({ count }) => count > 0);
  return {
    width: periods.length * STEP,
    paths: kinds.map((verdict) => ({
      kind: STROKES[verdict].kind,
      path: periods
        .map((one, index) => (one === verdict ? STROKES[verdict].draw(index * STEP) : ''))
        .join(''),
    })),
    alternative: `The last ${periods.length} ${period}s: ${counts.map(({ verdict, count }) => `${count} ${VERDICT_WORDS[verdict]}`).join(', ')}`,
  };
}
