/** Time zones that clock times may belong to, when mails do not say. */
import { shownTimes } from '../../kernel/calendar.ts';
import { DAY } from '../../kernel/clock.ts';

/** One for each way of changing the clocks that much of the world lives by, the likely ones first. */
export const PROBABLE_ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Helsinki',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Asia/Shanghai',
  'Asia/Tokyo',
  'Australia/Sydney',
];

/** Two zones whose clocks are changed within so short a time of each other are not told apart. */
const LOOKED_AT_EVERY_MS = 3 * DAY;

/** Found once for a time: a round asks for thousands of series that begin on some of its days. */
const known = new Map<string, string[]>();
const MOST_KNOWN = 1000;

/** The tenant's zone, and of the others those whose clocks were changed otherwise in this time: they can be told apart. */
export function telltaleZones(zone: string, from: number, until: number): string[] {
  const begin = Math.floor(from / LOOKED_AT_EVERY_MS) * LOOKED_AT_EVERY_MS;
  const end = Math.ceil(until / LOOKED_AT_EVERY_MS) * LOOKED_AT_EVERY_MS;
  const key = `${zone} ${begin} ${end}`;
  const found = known.get(key) ?? findTelltale(zone, begin, end);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

function findTelltale(zone: string, from: number, until: number): string[] {
  const instants: number[] = [];
  for (let at = from; at < until; at += LOOKED_AT_EVERY_MS) instants.push(at);
  const changes = new Map<string, string>();
  for (const one of [zone, ...PROBABLE_ZONES]) {
    const shown = shownTimes(instants, one);
    const ahead = (shown[0] ?? 0) - (instants[0] ?? 0);
    const course = shown.map((at, index) => at - (instants[index] ?? 0) - ahead).join();
    if (!changes.has(course)) changes.set(course, one);
  }
  return [...changes.values()];
}
