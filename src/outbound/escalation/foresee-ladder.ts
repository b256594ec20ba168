/** The ladder that an event would climb from now on while nobody takes it: who would be told by each step, and when. */
import type { Tx } from '../../db/transaction.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { later } from '../../kernel/clock.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { lookAt, stepOn, type Look, type Standing } from './climb.ts';
import { isInVain } from './in-vain.ts';
import { lookAhead } from './look-ahead.ts';
import { listPolicies } from './policies.ts';
import { waitMs, type EscalationPolicy, type Step } from './policy.ts';
import { loadTargets, reach, type Reached, type Targets } from './targets.ts';

export interface ForeseenStep {
  /** From 1. */
  number: number;
  afterMinutes: number;
  at: Date;
  reached: Reached[];
}

export interface ForeseenLadder {
  policy: EscalationPolicy;
  /** Up to the last one; none while somebody has the event. */
  steps: ForeseenStep[];
  /** How often they begin again then. */
  repeats: number;
  /** When its holder is reminded. */
  remindedAt: Date | null;
}

/** Of an event that is new now. */
export async function foreseeLadder(
  tx: Tx,
  tenantId: TenantId,
  org: string | null,
  severity: MaybeSeverity,
  now: Date,
): Promise<ForeseenLadder | null> {
  const event = { ...NEW, org, severity };
  const look = lookAt(null, event, await listPolicies(tx, tenantId), now);
  return look && climbAhead(tx, tenantId, event, look);
}

const NEW: Omit<Standing, 'org' | 'severity'> = {
  state: 'open',
  isNoise: false,
  assigneeId: null,
  assignedAt: null,
  snoozedUntil: null,
  silencedUntil: null,
  lastDeedAt: null,
};

/** Null when it is on no ladder. */
export async function foreseeLadderOf(
  tx: Tx,
  tenantId: TenantId,
  eventId: EventId,
  now: Date,
): Promise<ForeseenLadder | null> {
  const ahead = await lookAhead(tx, tenantId, eventId, now);
  return ahead && climbAhead(tx, tenantId, ahead.event, ahead.look);
}

async function climbAhead(tx: Tx, tenantId: TenantId, event: Standing, look: Look): Promise<ForeseenLadder> {
  const { policy } = look;
  const repeats = policy.repeats - look.climb.round;
  if (look.step === null) return { policy, steps: [], repeats, remindedAt: look.tellAt };
  const steps = listSteps(look, event, await loadTargets(tx, tenantId));
  return { policy, steps, repeats, remindedAt: null };
}

function listSteps(first: Look, event: Standing, targets: Targets): ForeseenStep[] {
  const steps: ForeseenStep[] = [];
  let look: Look | null = first;
  while (look?.step && look.climb.round === first.climb.round) {
    const step = foreseeStep(look, look.step, targets);
    steps.push(step);
    look = lookOn(look, event, step, targets);
  }
  return steps;
}

function foreseeStep({ climb, tellAt: at }: Look, step: Step, targets: Targets): ForeseenStep {
  const reached = step.targets.map((target) => reach(target, targets, at));
  return { number: climb.step + 1, afterMinutes: step.afterMinutes, at, reached };
}

function lookOn(look: Look, event: Standing, { at, reached }: ForeseenStep, targets: Targets): Look | null {
  const { policy } = look;
  const next = stepOn(look, at);
  const following = next && policy.steps[next.step];
  if (!following) return null;
  const since = isInVain(reached, policy.steps, targets, at) ? later(at, -waitMs(following)) : at;
  return lookAt({ ...next, since }, event, [policy], at);
}
