/** Who would be told, in words: people with what holds them back, and the ladder behind them. */
import { formatLocal } from '../../kernel/calendar.ts';
import { describeMinutes } from '../../outbound/escalation/describe.ts';
import type { findAudience } from '../api/audience.ts';
import { presentUntil } from './time.ts';
import { nameWithFault } from './name-with-fault.ts';

type Audience = Awaited<ReturnType<typeof findAudience>>;
type Member = Audience['items'][number];
type Ladder = NonNullable<Audience['escalation']>;

export function presentAudience({ items, silencedUntil, escalation }: Audience, now: Date, timeZone: string) {
  return {
    sentence: describe(items),
    silencedUntil: presentUntil(silencedUntil, now, timeZone),
    people: items.map((one) => presentMember(one, now, timeZone)),
    ladder: escalation && presentLadder(escalation, now, timeZone),
    noLadder: 'Nobody else is told while nobody takes it: no escalation policy covers it.',
  };
}

/** `2 at once, 1 later, 3 by digest` */
function describe(items: readonly Member[]): string {
  const responders = items.filter(({ level }) => level === 'responder');
  const now = responders.filter(({ told }) => told === 'now').length;
  const parts = [
    `${now} at once`,
    ...(responders.length > now ? [`${responders.length - now} later`] : []),
    `${items.length - responders.length} by digest`,
  ];
  return items.length === 0 ? 'Nobody would be told' : parts.join(', ');
}

function presentMember({ name, level, told, until, reason, by }: Member, now: Date, timeZone: string) {
  return {
    name,
    initial: name[0]?.toUpperCase() ?? '?',
    isResponder: level === 'responder',
    when: { now: 'at once', later: 'at', no: 'not again' }[told],
    until: presentUntil(until, now, timeZone),
    reason,
    why: by.map(({ groupName, pattern }) => `${shortName(groupName)}, ${pattern}`).join('; '),
  };
}

/** A personal group is named after the address of its person. */
function shortName(name: string): string {
  return name.split('@')[0] ?? name;
}

function presentLadder({ policy, steps, repeats, remindedAt }: Ladder, now: Date, timeZone: string) {
  const again =
    repeats > 0 ? `Then again from the first step, ${repeats} more time${repeats === 1 ? '' : 's'}.` : '';
  const reminded = remindedAt
    ? `Who has it is reminded ${formatLocal(remindedAt, timeZone, 'd LLL HH:mm')}, if nobody does anything.`
    : '';
  return {
    steps: steps.map((step, index) => ({
      after: `${describeMinutes(step.afterMinutes)}${index === 0 ? '' : ' later'}`,
      at: presentUntil(step.at, now, timeZone),
      targets: step.targets.map(({ kind, name, users, until }) => ({
        what:
          kind === 'group' || kind === 'rota' ? `${shortName(name ?? 'something that was removed')}: ` : '',
        who:
          kind === 'channel'
            ? name
            : users.map((user) => nameWithFault(user.name, user.isUnreachable)).join(', '),
        until: until && kind === 'rota' ? formatLocal(until, timeZone, 'ccc HH:mm') : null,
      })),
    })),
    rest: [again, reminded, 'By'].filter(Boolean).join(' '),
    name: policy.name,
    href: '/settings/escalation',
  };
}
