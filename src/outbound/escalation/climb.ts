/**
 * The way of an event up its ladder. Pure. Nobody has it:
 *
 *   step 1 ──its wait──▶ told, step 2 ──its wait──▶ told … last step ──repeats left──▶ step 1 again ──none left──▶ end
 *
 * Somebody has it: reminded, and again, until they do something. What is over, noise or below every policy ends at once. A
 * snooze or a silence stops the clock: the wait begins anew when it ends. Nothing is decided ahead: each time an event is
 * due it is looked at as it is then, so a claim, a snooze or a changed policy needs no bookkeeping.
 */
import type { StoredState } from '../../events/event.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { earliest, latest, later, MINUTE } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { choosePolicy, covers, waitMs, type EscalationPolicy, type Reminder, type Step } from './policy.ts';

/** Where an event stands. */
export interface Climb {
  policyId: string;
  /** Whom it reminds; null: nobody has the event. */
  assigneeId: UserId | null;
  /** Of the policy's steps the next one to be told, from 0; of reminders how many there were. */
  step: number;
  /** How often the steps have begun again. */
  round: number;
  /** When the present wait began. */
  since: Date;
}

/** What is asked of an event. */
export interface Standing {
  state: StoredState;
  isNoise: boolean;
  severity: MaybeSeverity;
  org: string | null;
  assigneeId: UserId | null;
  assignedAt: Date | null;
  snoozedUntil: Date | null;
  silencedUntil: Date | null;
  /** What a person did with it last. */
  lastDeedAt: Date | null;
}

export interface Look {
  policy: EscalationPolicy;
  climb: Climb;
  /** Of nobody's event the step that is told then; null: its holder is reminded. */
  step: Step | null;
  tellAt: Date;
  /** When the event is to be looked at again, at the latest then. */
  dueAt: Date;
}

/** Somebody may end a silence before its time, and nobody else would say so. */
const LOOK_AT_SILENCED_MS = 5 * MINUTE;

/**
 * Where an event stands now, and when it is due.
 * @param climb null: begins
 * @returns null when there is nothing to climb
 */
export function lookAt(
  climb: Climb | null,
  event: Standing,
  policies: readonly EscalationPolicy[],
  now: Date,
): Look | null {
  if (event.state !== 'open' || event.isNoise) return null;
  const policy = policyOf(climb, event, policies);
  if (!policy) return null;
  // What was begun under another policy, or for another person, begins anew.
  const isSame = climb?.policyId === policy.id && climb.assigneeId === event.assigneeId;
  const present = isSame
    ? rested(climb, event, now)
    : { ...begin(policy), assigneeId: event.assigneeId, since: now };
  return event.assigneeId === null
    ? lookAtNobodys(present, event, policy, now)
    : lookAtSomebodys(present, event, policy, now);
}

/** A ladder that has begun is climbed as long as it covers the event. */
function policyOf(
  climb: Climb | null,
  { org, severity }: Standing,
  policies: readonly EscalationPolicy[],
): EscalationPolicy | null {
  const present = climb && policies.find(({ id }) => id === climb.policyId);
  return present && covers(present, org, severity) ? present : choosePolicy(policies, org, severity);
}

function begin({ id }: EscalationPolicy): Omit<Climb, 'since'> {
  return { policyId: id, assigneeId: null, step: 0, round: 0 };
}

type Rest = Pick<Standing, 'snoozedUntil' | 'silencedUntil'>;

function endOfRest({ snoozedUntil, silencedUntil }: Rest, now: Date): Date | null {
  const until = latest(snoozedUntil ?? now, silencedUntil ?? now);
  return until > now ? until : null;
}

/** A rest that was ended early would else be waited for. */
function rested(climb: Climb, event: Standing, now: Date): Climb {
  return endOfRest(event, now) ? climb : { ...climb, since: earliest(climb.since, now) };
}

function lookAtNobodys(climb: Climb, event: Standing, policy: EscalationPolicy, now: Date): Look | null {
  const stepped = stepOf(climb, policy);
  const step = stepped && policy.steps[stepped.step];
  if (!step) return null;
  return { policy, step, ...due(stepped, waitMs(step), event, now) };
}

/** A policy that has fewer steps than it had goes on behind its last one. */
function stepOf(climb: Climb, { steps, repeats }: EscalationPolicy): Climb | null {
  if (climb.step < steps.length) return climb;
  return climb.round < repeats ? { ...climb, step: 0, round: climb.round + 1 } : null;
}

function lookAtSomebodys(climb: Climb, event: Standing, policy: EscalationPolicy, now: Date): Look | null {
  const { reminder } = policy;
  if (!reminder) return null;
  const deeds = [event.assignedAt, event.lastDeedAt].filter((at) => at !== null && at >= climb.since);
  const deedAt = deeds.reduce<Date | null>((last, at) => (last && at && last > at ? last : at), null);
  const present = deedAt ? { ...climb, step: 0, since: deedAt } : climb;
  return { policy, step: null, ...due(present, reminderWait(present, reminder), event, now) };
}

function reminderWait({ step }: Climb, { afterMinutes, everyMinutes }: Reminder): number {
  return (step === 0 ? afterMinutes : everyMinutes) * MINUTE;
}

function due(
  climb: Climb,
  wait: number,
  { snoozedUntil, silencedUntil }: Standing,
  now: Date,
): Pick<Look, 'climb' | 'tellAt' | 'dueAt'> {
  const restsUntil = endOfRest({ snoozedUntil, silencedUntil }, now);
  const since = restsUntil ?? climb.since;
  const tellAt = later(since, wait);
  const isSilenced = silencedUntil !== null && silencedUntil > now;
  const dueAt = isSilenced ? earliest(tellAt, later(now, LOOK_AT_SILENCED_MS)) : tellAt;
  return { climb: { ...climb, since }, tellAt, dueAt };
}

/** After it was told. @returns null when there is nothing left to climb */
export function stepOn({ policy, climb, step }: Look, now: Date): Climb | null {
  const next = { ...climb, step: climb.step + 1, since: now };
  return step === null ? next : stepOf(next, policy);
}
