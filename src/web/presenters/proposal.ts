/** A proposed schedule as a sentence: what comes when, how often it was so, and how often it would have told. */
import { formatLocal, type Period } from '../../kernel/calendar.ts';
import { MINUTE, SECOND } from '../../kernel/clock.ts';
import { nextTimes } from '../../kernel/cron.ts';
import type { CronTimes } from '../../watchdog/expectation.ts';
import type { StoredProposal } from '../../watchdog/proposals/store.ts';
import { describeSpan } from '../../watchdog/expectation.ts';
import { presentStrip } from './schedule.ts';
import { presentTime } from './time.ts';

export function presentProposal(proposal: StoredProposal, now: Date, timeZone: string) {
  const { id, name, sender, servers, pace, spreadSeconds, recent, falseAlarmsPerMonth, count } = proposal;
  const met = recent.filter(Boolean).length;
  return {
    id,
    name,
    from: [sender, ...servers].join(', '),
    comes: pace.cron
      ? describeTimes(pace.cron, spreadSeconds, now)
      : describeCount(pace.n, pace.variance, pace.period),
    seen: pace.cron
      ? `there at ${met} of the last ${recent.length} times`
      : `${met} of the last ${recent.length} at the usual distance`,
    alarms: describeAlarms(falseAlarmsPerMonth),
    count,
    first: presentTime(new Date(proposal.seenFrom), now, timeZone),
    strip: presentStrip(
      recent.map((isMet) => (isMet ? 'ok' : 'gone')),
      pace.cron ? 'time' : 'mail',
    ),
  };
}

/** `every day about 02:14 ± 6 min Europe/Berlin` */
function describeTimes(cron: CronTimes, spreadSeconds: number | null, now: Date): string {
  const spread = spreadSeconds ? ` ± ${describeSpan(roundUp(spreadSeconds * SECOND))}` : '';
  return `${describeCron(cron, now)}${spread} ${cron.timezone}`;
}

function roundUp(ms: number): number {
  return ms < MINUTE ? ms : Math.ceil(ms / MINUTE) * MINUTE;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** More times of a day are said by the expression. */
const MOST_TIMES_SAID = 4;

/** Of the expressions that proposals are written in. */
function describeCron({ expression, timezone }: CronTimes, now: Date): string {
  const [minutes = '', hours = '', days = '*', , weekdays = '*'] = expression.split(' ');
  if (hours === '*') return `every hour at minute ${minutes.replaceAll(',', ', ')}`;
  const times = timesOfDay(expression, timezone, now);
  const at =
    times.length <= MOST_TIMES_SAID ? `about ${times.join(' and ')}` : `at cron times ${expression},`;
  return `${describeDays(days, weekdays)} ${at}`;
}

/** Read off the next times: each time of day comes again within so many. */
function timesOfDay(expression: string, timezone: string, now: Date): string[] {
  const next = nextTimes(expression, timezone, now, MOST_TIMES_SAID * 2 + 1);
  return [...new Set(next.map((due) => formatLocal(due, timezone, 'HH:mm')))].sort();
}

function describeDays(days: string, weekdays: string): string {
  if (days !== '*') {
    const named = days.split(',').map((day) => (day === 'L' ? 'last' : `${day}.`));
    return `on the ${named.join(' and ')} of the month`;
  }
  if (weekdays === '*') return 'every day';
  if (weekdays === '1-5') return 'Monday to Friday';
  const named = weekdays.split(',').map((part) =>
    part
      .split('-')
      .map((day) => WEEKDAYS[Number(day)] ?? day)
      .join(' to '),
  );
  return `every ${named.join(', ')}`;
}

function describeCount(n: number, variance: number, period: Period): string {
  const number = variance === 0 ? String(n) : `${n - variance} to ${n + variance}`;
  return `${number} times a ${period}, at no fixed hour`.replace(/^1 times/, 'once');
}

function describeAlarms(perMonth: number): string {
  if (perMonth < 0.05) return 'no false alarm in this history';
  const rounded = perMonth < 10 ? perMonth.toFixed(1).replace(/\.0$/, '') : String(Math.round(perMonth));
  return `about ${rounded} alarm${rounded === '1' ? '' : 's'} a month`;
}
