/** The charts of a report as SVG geometry: columns over time, and delays on a logarithmic scale. */
import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { stack } from 'd3-shape';
import { formatLocal } from '../../kernel/calendar.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../kernel/clock.ts';
import type { Step } from '../../reports/history-course.ts';
import { SEVERITY_NAMES, type Delay, type HistoryReport, type SeverityName } from '../../reports/history.ts';
import { describeSpan } from '../../watchdog/expectation.ts';
import type { StepUnit } from '../report-range.ts';
import { presentNumber } from './number.ts';
import { presentSeverity } from './severity.ts';

const WIDTH = 480;
const LEFT = 40;
const TOP = 14;
const BOTTOM = 130;
/** More would run into each other. */
const MOST_LABELS = 11;

const LABEL_FORMATS: Record<StepUnit, string> = { hour: 'HH', day: 'dd', week: 'd LLL', month: 'LLL yy' };
const LONG_FORMATS: Record<StepUnit, string> = {
  hour: 'ccc d LLL, HH:mm',
  day: 'ccc d LLL yyyy',
  week: "'week from' d LLL yyyy",
  month: 'LLLL yyyy',
};

export function stepName(from: Date, unit: StepUnit, timeZone: string): string {
  return formatLocal(from, timeZone, LONG_FORMATS[unit]);
}

export function shownSeverity(name: SeverityName) {
  return presentSeverity(name === 'unclassified' ? null : name);
}

export function mailsChart(steps: readonly Step[], unit: StepUnit, timeZone: string) {
  const counts = steps.map(({ mses }) => mses);
  const frame = drawFrame(steps, unit, timeZone, Math.max(...counts));
  const columns = steps.flatMap(({ mses }, index) =>
    mses > 0 ? [{ fill: 'accent', ...frame.column(index, 0, mses) }] : [],
  );
  return {
    ...frame.shown,
    columns,
    alternative: `Mails received per ${unit}, from ${presentNumber(Math.min(...counts))} to ${presentNumber(Math.max(...counts))}; the table below has every number`,
  };
}

/** The most severe stand on the axis, where a small number is seen best. */
const STACKED = ['critical', 'warn', 'info', 'unclassified'] as const;

export function eventsChart(steps: readonly Step[], unit: StepUnit, timeZone: string) {
  const totals = steps.map(({ events }) => SEVERITY_NAMES.reduce((sum, name) => sum + events[name], 0));
  const frame = drawFrame(steps, unit, timeZone, Math.max(...totals));
  const series = stack<Step, SeverityName>()
    .keys(STACKED)
    .value(({ events }, name) => events[name])([...steps]);
  const columns = series.flatMap((layer) =>
    layer.flatMap(([low, high], index) =>
      high > low ? [{ fill: shownSeverity(layer.key).key, ...frame.column(index, low, high) }] : [],
    ),
  );
  return {
    ...frame.shown,
    columns,
    alternative: `Events created per ${unit} by severity, from ${presentNumber(Math.min(...totals))} to ${presentNumber(Math.max(...totals))}; the table below has every number`,
  };
}

function drawFrame(steps: readonly Step[], unit: StepUnit, timeZone: string, most: number) {
  const x = scaleBand<number>()
    .domain(steps.map((_, index) => index))
    .range([LEFT, WIDTH])
    .padding(0.25);
  const y = scaleLinear()
    .domain([0, Math.max(4, most)])
    .nice(3)
    .range([BOTTOM, TOP]);
  const every = Math.ceil(steps.length / MOST_LABELS);
  const left = (index: number): number => x(index) ?? LEFT;
  return {
    column: (index: number, low: number, high: number) => ({
      x: left(index).toFixed(1),
      y: y(high).toFixed(1),
      width: x.bandwidth().toFixed(1),
      height: (y(low) - y(high)).toFixed(1),
    }),
    shown: {
      axis: `M${LEFT} ${BOTTOM}H${WIDTH}`,
      ticks: y.ticks(3).map((value) => ({
        path: value === 0 ? null : `M${LEFT} ${y(value).toFixed(1)}H${WIDTH}`,
        textX: LEFT - 6,
        textY: (y(value) + 4).toFixed(1),
        label: presentNumber(value),
      })),
      labels: steps.flatMap(({ from }, index) =>
        index % every === 0
          ? [
              {
                x: (left(index) + x.bandwidth() / 2).toFixed(1),
                label: formatLocal(from, timeZone, LABEL_FORMATS[unit]),
              },
            ]
          : [],
      ),
    },
  };
}

const DELAY_LEFT = 120;
const ROW = 29;
const MARKS: [number, string][] = [
  [SECOND, '1 s'],
  [MINUTE, '1 min'],
  [10 * MINUTE, '10 min'],
  [HOUR, '1 h'],
  [8 * HOUR, '8 h'],
  [DAY, '1 d'],
  [7 * DAY, '7 d'],
  [30 * DAY, '30 d'],
];

/** Line: min to max; bar: p50 to p90; stroke: mean. */
export function delaysChart(delays: HistoryReport['delays'], which: 'assignment' | 'completion') {
  const measured = SEVERITY_NAMES.flatMap((name) => {
    const delay = delays[name][which];
    return delay ? [{ name, delay }] : [];
  });
  if (measured.length === 0) return null;
  // Some room at both ends: a mark on the very edge is not seen.
  const least = Math.max(1, Math.min(...measured.map(({ delay }) => delay.min))) / 3;
  const most = Math.max(least * 10, ...measured.map(({ delay }) => delay.max)) * 1.5;
  const x = scaleLog()
    .domain([least, most])
    .range([DELAY_LEFT, WIDTH - 10])
    .clamp(true);
  const at = (seconds: number): string => x(Math.max(seconds, least)).toFixed(1);
  return {
    height: ROW * measured.length + 34,
    marks: MARKS.filter(([ms]) => ms / SECOND >= least && ms / SECOND <= most).map(([ms, label]) => ({
      x: at(ms / SECOND),
      path: `M${at(ms / SECOND)} ${TOP}V${TOP + ROW * measured.length}`,
      textY: TOP + ROW * measured.length + 16,
      label,
    })),
    rows: measured.map(({ name, delay }, index) => drawDelay(name, delay, TOP + 14 + index * ROW, at)),
    alternative: measured
      .map(
        ({ name, delay }) =>
          `${shownSeverity(name).word}: median ${seconds(delay.p50)}, p90 ${seconds(delay.p90)}`,
      )
      .join('; '),
  };
}

function drawDelay(name: SeverityName, delay: Delay, middle: number, at: (seconds: number) => string) {
  const width = Math.max(2, Number(at(delay.p90)) - Number(at(delay.p50)));
  return {
    word: shownSeverity(name).word,
    fill: shownSeverity(name).key,
    textX: DELAY_LEFT - 10,
    textY: middle + 4,
    line: `M${at(delay.min)} ${middle}H${at(delay.max)}`,
    barX: at(delay.p50),
    barY: middle - 5,
    barWidth: width.toFixed(1),
    mean: `M${at(delay.mean)} ${middle - 8}v16`,
  };
}

/** `2 h 41 min` */
export function seconds(value: number): string {
  return describeSpan(value * SECOND);
}
