/** An escalation policy as rows of steps, each with whom it would tell now. */
import { may, type Role } from '../../accounts/role.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { describeMinutes, describeTargets } from '../../outbound/escalation/describe.ts';
import type { EscalationPolicy, Step } from '../../outbound/escalation/policy.ts';
import { keyOf } from '../../outbound/audience/told.ts';
import { reach, type Targets } from '../../outbound/escalation/targets.ts';
import { nameWithFault } from './name-with-fault.ts';

/** Its form for who may change it; else the list, where it stands in words. */
export function linkToPolicy(role: Role, id: string): string {
  return may(role, 'work') ? `/settings/escalation/${id}` : `/settings/escalation#h-${id}`;
}

export function presentPolicyRow(policy: EscalationPolicy, targets: Targets, now: Date, timeZone: string) {
  const { id, name, patterns, severityFloor, steps, repeats, reminder } = policy;
  return {
    id,
    name,
    href: `/settings/escalation/${id}`,
    patterns,
    floor:
      severityFloor === 'info' ? 'every severity' : severityFloor === 'warn' ? 'warn and above' : 'critical',
    steps: steps.map((step, index) => presentStep(step, index, targets, now, timeZone)),
    repeats:
      repeats > 0 && steps.length > 0
        ? `then again from the first step, ${repeats} more time${repeats === 1 ? '' : 's'}`
        : null,
    reminder:
      reminder &&
      `who has one is reminded after ${describeMinutes(reminder.afterMinutes)} without a deed, then every ${describeMinutes(reminder.everyMinutes)}`,
  };
}

function presentStep(step: Step, index: number, targets: Targets, now: Date, timeZone: string) {
  const reached = step.targets.map((target) => reach(target, targets, now));
  const told = new Set(reached.flatMap((one) => one.told.map(keyOf)));
  const until = reached.flatMap((one) => one.until ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
  return {
    number: index + 1,
    after: describeMinutes(step.afterMinutes),
    isFirst: index === 0,
    who: describeTargets(step.targets, targets),
    people: [...told]
      .map((id) => {
        const name = (targets.people.get(id) ?? targets.channels.get(id))?.name ?? '';
        return nameWithFault(name, targets.unreachable.has(id));
      })
      .join(', '),
    until: until ? formatLocal(until, timeZone, 'ccc d LLL HH:mm') : null,
  };
}
