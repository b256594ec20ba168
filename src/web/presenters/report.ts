/** Figures and delays of the historical report in the shape of its tables. */
import type { Step } from '../../reports/history-course.ts';
import { SEVERITY_NAMES, type Delay, type HistoryReport } from '../../reports/history.ts';
import type { StepUnit } from '../report-range.ts';
import { presentNumber } from './number.ts';
import { seconds, shownSeverity, stepName } from './report-charts.ts';

/** Rows of the table by org; the rest is one row. */
const MOST_ORGS = 12;

export function presentFigures({ mses, events }: HistoryReport) {
  const share = (count: number): string =>
    events.total === 0 ? '' : `${Math.round((count / events.total) * 100)} %`;
  const figure = (count: number) => ({ number: presentNumber(count), share: share(count) });
  const orgs = Object.entries(events.byOrg);
  const rest = orgs.slice(MOST_ORGS).reduce((sum, [, count]) => sum + count, 0);
  return {
    mses: presentNumber(mses),
    total: presentNumber(events.total),
    perEvent: events.total > 0 ? `${presentNumber(Math.round(mses / events.total))} per event` : '',
    orgs: orgs
      .slice(0, MOST_ORGS)
      .map(([org, count]) => ({ name: org === 'unclassified' ? 'Unclassified' : org, ...figure(count) })),
    rest: rest > 0 ? { name: `${orgs.length - MOST_ORGS} others`, ...figure(rest) } : null,
    severities: SEVERITY_NAMES.map((name) => ({
      severity: shownSeverity(name),
      ...figure(events.bySeverity[name]),
    })),
    kinds: Object.entries(events.byKind).map(([name, count]) => ({ name, ...figure(count) })),
    open: figure(events.open),
    closed: figure(events.closed),
  };
}

export function presentDelays({ events, delays }: HistoryReport) {
  return SEVERITY_NAMES.map((name) => ({
    severity: shownSeverity(name),
    count: `${presentNumber(events.bySeverity[name])} event${events.bySeverity[name] === 1 ? '' : 's'}`,
    rows: [
      { word: 'Creation → assignment', ...presentDelay(delays[name].assignment) },
      { word: 'Creation → completion', ...presentDelay(delays[name].completion) },
    ],
  }));
}

function presentDelay(delay: Delay | null) {
  const show = (name: keyof Delay): string => (delay ? seconds(delay[name]) : '—');
  return { min: show('min'), max: show('max'), mean: show('mean'), p50: show('p50'), p90: show('p90') };
}

export function presentCourse(steps: readonly Step[], unit: StepUnit, timeZone: string) {
  return steps.map(({ from, mses, events }) => ({
    name: stepName(from, unit, timeZone),
    mses: presentNumber(mses),
    total: presentNumber(SEVERITY_NAMES.reduce((sum, name) => sum + events[name], 0)),
    counts: SEVERITY_NAMES.map((name) => ({
      word: shownSeverity(name).word,
      number: presentNumber(events[name]),
    })),
  }));
}
