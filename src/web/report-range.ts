/** The range of a report as people choose it: a preset, or two local dates; in the person's time zone. */
import { localSteps, startOfLocalDay, startOfLocalMonth } from '../kernel/calendar.ts';
import { between, DAY } from '../kernel/clock.ts';

export const PRESETS = ['today', '7d', '30d', 'month', 'last-month'] as const;
export type Preset = (typeof PRESETS)[number];

export const PRESET_WORDS: Record<Preset, string> = {
  today: 'Today',
  '7d': '7 d',
  '30d': '30 d',
  month: 'This month',
  'last-month': 'Last month',
};

export interface Range {
  from: Date;
  /** Not included. */
  to: Date;
}

export function presetRange(preset: Preset, now: Date, timeZone: string): Range {
  const tomorrow = startOfLocalDay(now, timeZone, 1);
  switch (preset) {
    case 'today':
      return { from: startOfLocalDay(now, timeZone), to: tomorrow };
    case '7d':
      return { from: startOfLocalDay(now, timeZone, -6), to: tomorrow };
    case '30d':
      return { from: startOfLocalDay(now, timeZone, -29), to: tomorrow };
    case 'month':
      return { from: startOfLocalMonth(now, timeZone), to: startOfLocalMonth(now, timeZone, 1) };
    case 'last-month':
      return { from: startOfLocalMonth(now, timeZone, -1), to: startOfLocalMonth(now, timeZone) };
  }
}

export type StepUnit = 'hour' | 'day' | 'week' | 'month';

/** As many steps as a chart has room for. */
const LONGEST: [StepUnit, number][] = [
  ['hour', 2 * DAY],
  ['day', 62 * DAY],
  ['week', 400 * DAY],
];

export function stepsOf({ from, to }: Range, timeZone: string): { unit: StepUnit; starts: Date[] } {
  const length = between(from, to);
  const unit = LONGEST.find(([, most]) => length <= most)?.[0] ?? 'month';
  return { unit, starts: localSteps(from, to, timeZone, unit) };
}
