/** The noise cut as a chart: mails received in each of the last 24 hours as bars, events opened as figures above. */
import { scaleBand, scaleLinear } from 'd3-scale';
import type { HourOfTraffic } from '../../events/counts.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { HOUR, later } from '../../kernel/clock.ts';
import { presentNumber } from './number.ts';

const HOURS = 24;
const WIDTH = 720;
const LEFT = 40;
const TOP = 16;
const BOTTOM = 140;
/** A label under every sixth bar, and under the last. */
const LABEL_EVERY = 6;

/** The beginning of the first of the hours that are shown. */
export function trafficSince(now: Date): Date {
  return later(startOfHour(now), -(HOURS - 1) * HOUR);
}

function startOfHour(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / HOUR) * HOUR);
}

export function presentTraffic(traffic: readonly HourOfTraffic[], now: Date, timeZone: string) {
  const hours = everyHour(traffic, now);
  const mails = sum(hours.map((hour) => hour.mails));
  const events = sum(hours.map((hour) => hour.events));
  return {
    mails: presentNumber(mails),
    events: presentNumber(events),
    perEvent: mails >= 2 * events && events > 0 ? presentNumber(Math.round(mails / events)) : null,
    isSilent: mails + events === 0,
    width: WIDTH,
    ...draw(hours, timeZone),
    alternative: describe(hours, mails, events, timeZone),
  };
}

function everyHour(traffic: readonly HourOfTraffic[], now: Date): HourOfTraffic[] {
  const known = new Map(traffic.map((one) => [one.hour.getTime(), one]));
  const since = trafficSince(now);
  return Array.from({ length: HOURS }, (_, index) => {
    const hour = later(since, index * HOUR);
    return known.get(hour.getTime()) ?? { hour, mails: 0, events: 0 };
  });
}

function draw(hours: readonly HourOfTraffic[], timeZone: string) {
  const x = scaleBand<number>()
    .domain(hours.map((_, index) => index))
    .range([LEFT, WIDTH])
    .padding(0.3);
  const y = scaleLinear()
    .domain([0, Math.max(4, ...hours.map(({ mails }) => mails))])
    .nice(4)
    .range([BOTTOM, TOP]);
  const left = (index: number): number => x(index) ?? LEFT;
  const middle = (index: number): string => (left(index) + x.bandwidth() / 2).toFixed(1);
  const ticks = y.ticks(3).map((value) => ({ y: y(value).toFixed(1), label: presentNumber(value), value }));
  return {
    bottom: BOTTOM,
    ticks: ticks.map(({ y: at, label }) => ({ y: at, textY: (Number(at) + 4).toFixed(1), label })),
    grid: ticks
      .filter(({ value }) => value > 0)
      .map(({ y: at }) => `M${LEFT} ${at}H${WIDTH}`)
      .join(''),
    axis: `M${LEFT} ${BOTTOM}H${WIDTH}`,
    bars: hours
      .flatMap(({ mails }, index) =>
        mails > 0
          ? [
              `M${left(index).toFixed(1)} ${BOTTOM}V${y(mails).toFixed(1)}h${x.bandwidth().toFixed(1)}V${BOTTOM}z`,
            ]
          : [],
      )
      .join(''),
    figures: hours.flatMap(({ mails, events }, index) =>
      events > 0 ? [{ x: middle(index), y: (y(mails) - 4).toFixed(1), label: presentNumber(events) }] : [],
    ),
    labels: hours.flatMap(({ hour }, index) =>
      index % LABEL_EVERY === 0 || index === HOURS - 1
        ? [{ x: middle(index), label: hourLabel(hour, timeZone) }]
        : [],
    ),
  };
}

function hourLabel(hour: Date, timeZone: string): string {
  return `${formatLocal(hour, timeZone, 'HH')} h`;
}

function describe(hours: readonly HourOfTraffic[], mails: number, events: number, timeZone: string): string {
  const peak = hours.reduce((best, hour) => (hour.mails > best.mails ? hour : best));
  return (
    `Mails received per hour, ${presentNumber(mails)} in 24 hours with a peak of ` +
    `${presentNumber(peak.mails)} at ${hourLabel(peak.hour, timeZone)}, ` +
    `against ${presentNumber(events)} events opened`
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
