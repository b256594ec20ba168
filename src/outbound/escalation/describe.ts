/** Steps of a ladder in plain words: for timelines, notices and pages. */
import { formatLocal } from '../../kernel/calendar.ts';
import { later } from '../../kernel/clock.ts';
import type { Reached as Listening } from '../audience/reach.ts';
import type { Answer } from '../holdback/hold-back.ts';
import type { Escalation } from './escalations.ts';
import { waitMs, type EscalationPolicy, type Step, type Target } from './policy.ts';
import { nameOf, type Reached, type Targets } from './targets.ts';

/** More names are a count: a timeline is read, not searched. */
const MOST_NAMES = 10;

interface Answering {
  who: Pick<Listening, 'name' | 'timeZone'>;
  by: readonly Reached[];
  isTried: boolean;
  answer: Answer;
}

/** `told Ann (on call in Ops) and Bo (Tier 2); tried Di, whose mail came back; Cy: quiet hours, told at 07:00 Europe/Berlin` */
export function describeTold(answers: readonly Answering[]): string {
  const now = answers.filter(({ answer }) => answer.kind === 'now');
  const name = ({ who, by }: Answering): string => `${who.name}${describeBy(by)}`;
  const told = now.filter(({ isTried }) => !isTried).map(name);
  const tried = now.filter(({ isTried }) => isTried).map(name);
  const held = answers.flatMap(({ who, answer }) =>
    answer.kind === 'held'
      ? `${who.name}: ${answer.reason}, told at ${formatLocal(answer.until, who.timeZone, 'HH:mm')} ${who.timeZone}`
      : [],
  );
  const parts = [
    ...(told.length > 0 ? [`told ${listed(shorten(told))}`] : []),
    ...(tried.length > 0 ? [`tried ${listed(shorten(tried))}, whose mail came back the last time`] : []),
    ...shorten(held),
  ];
  return parts.join('; ');
}

function describeBy(by: readonly Reached[]): string {
  const why = by.flatMap(({ target, name }) => {
    if (target.kind === 'user' || target.kind === 'channel' || name === null) return [];
    return target.kind === 'rota' ? `on call in ${name}` : name;
  });
  return why.length > 0 ? ` (${why.join(', ')})` : '';
}

/** `nobody to tell: Ops has nobody on call` */
export function describeUnreached(reached: readonly Reached[]): string {
  const why = reached.map(({ target, name }) => {
    if (name === null) return 'who was meant is not here any more';
    if (target.kind === 'channel') return `${name} is down`;
    return target.kind === 'rota' ? `${name} has nobody on call` : `${name} has no members`;
  });
  return `nobody to tell: ${listed(why)}`;
}

/** `next: Tier 3 at 2026-03-10T12:30:00.000Z`. @param timeZone of the reader; without it the instant as it is stored in reasons */
export function describeNext(
  next: Escalation | null,
  policy: EscalationPolicy,
  targets: Targets,
  timeZone?: string,
): string {
  const step = next && policy.steps[next.climb.step];
  if (!step) return 'that was the last step';
  const at = later(next.climb.since, waitMs(step));
  const when = timeZone ? `${formatLocal(at, timeZone, 'HH:mm')} ${timeZone}` : at.toISOString();
  return `next: ${describeTargets(step.targets, targets)} at ${when}`;
}

/** `Tier 3 and whoever is on call in Ops` */
export function describeTargets(meant: readonly Target[], targets: Targets): string {
  return listed(
    meant.map((target) => {
      const name = nameOf(target, targets);
      if (name === null) return `a ${target.kind === 'user' ? 'person' : target.kind} that was removed`;
      return target.kind === 'rota' ? `whoever is on call in ${name}` : shortName(name);
    }),
  );
}

/** A personal group is named after the address of its person. */
function shortName(name: string): string {
  return name.includes('@') ? (name.split('@')[0] ?? name) : name;
}

/** `after 15 min: Tier 2` */
export function describeStep(step: Step, targets: Targets): string {
  return `after ${describeMinutes(step.afterMinutes)}: ${describeTargets(step.targets, targets)}`;
}

const MINUTES_AN_HOUR = 60;
const MINUTES_A_DAY = 24 * MINUTES_AN_HOUR;

/** `15 min`, `2 h`, `1 h 30 min`, `3 d` */
export function describeMinutes(minutes: number): string {
  if (minutes >= MINUTES_A_DAY && minutes % MINUTES_A_DAY === 0) return `${minutes / MINUTES_A_DAY} d`;
  const hours = Math.floor(minutes / MINUTES_AN_HOUR);
  const rest = minutes % MINUTES_AN_HOUR;
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : '']
    .filter(Boolean)
    .join(' ');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function shorten(words: readonly string[]): string[] {
  const more = words.length - MOST_NAMES;
  return more > 0 ? [...words.slice(0, MOST_NAMES), `${more} more`] : [...words];
}
