/**
 * The loop that tells the next ones when nobody takes an event, and reminds who has one and does nothing. The step, the
 * notices and the event's timeline are one transaction, in which nobody can take the event: a crash tells nobody twice and
 * forgets nobody.
 */
import type { Tx } from '../../db/transaction.ts';
import { recordChanges, type Change, type NewChange } from '../../events/change.ts';
import { mostSevere } from '../../events/severity.ts';
import { later } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import type { AudienceFor } from '../audience/audience.ts';
import { loadAudience } from '../audience/load-audience.ts';
import { deliverTo, reach as reachListeners, type Reached as Listening } from '../audience/reach.ts';
import { keyOf, type Told } from '../audience/told.ts';
import { addDeliveries, type NewDelivery } from '../deliveries.ts';
import type { Addresses } from '../addresses.ts';
import { hold, type HeldNotice } from '../held-notices.ts';
import { holdBack, type Answer } from '../holdback/hold-back.ts';
import { loadTold, type ToldLately } from '../holdback/told-lately.ts';
import { wordEscalation, type Escalated } from '../wording/escalation.ts';
import { lookAt, stepOn, type Climb, type Look } from './climb.ts';
import { describeNext, describeTold, describeUnreached } from './describe.ts';
import { claimDue, endEscalations, saveEscalations, type Escalation } from './escalations.ts';
import { isInVain, reachedByAny, reaches } from './in-vain.ts';
import { listPolicies } from './policies.ts';
import { waitMs, type EscalationPolicy } from './policy.ts';
import { loadStandings, type StandingEvent } from './standings.ts';
import { loadTargets, reach, type Reached, type Targets } from './targets.ts';

const LARGEST_BATCH = 200;

/** @returns true when there may be more */
export async function escalateDue(tx: Tx, addresses: Addresses, now: Date): Promise<boolean> {
  const due = await claimDue(tx, LARGEST_BATCH, now);
  let hasMore = due.length === LARGEST_BATCH;
  for (const [tenantId, own] of groupBy(due, (one) => one.tenantId)) {
    const climbs = new Map(own.map(({ eventId, climb }) => [eventId, climb]));
    const isAnyDueAgain = await escalateTenant(tx, tenantId, climbs, addresses, now);
    hasMore ||= isAnyDueAgain;
  }
  return hasMore;
}

/** An event whose time has come, and whom it tells. */
interface Call {
  event: StandingEvent;
  look: Look;
  reached: Reached[];
  next: Escalation | null;
}

async function escalateTenant(
  tx: Tx,
  tenantId: TenantId,
  climbs: ReadonlyMap<EventId, Climb>,
  addresses: Addresses,
  now: Date,
): Promise<boolean> {
  const policies = await listPolicies(tx, tenantId);
  const standings = await loadStandings(tx, tenantId, [...climbs.keys()], now, 'held');
  const targets = await loadTargets(tx, tenantId);
  const calls: Call[] = [];
  const saved: Escalation[] = [];
  const ended: EventId[] = [];
  for (const [eventId, climb] of climbs) {
    const event = standings.get(eventId);
    const look = event ? lookAt(climb, event, policies, now) : null;
    if (!event || !look) {
      ended.push(eventId);
      continue;
    }
    if (look.tellAt > now) {
      saved.push({ eventId, climb: look.climb, dueAt: look.dueAt });
      continue;
    }
    const call = makeCall(event, look, policies, targets, now);
    calls.push(call);
    if (call.next) saved.push(call.next);
    else ended.push(eventId);
  }
  await saveEscalations(tx, tenantId, saved);
  await endEscalations(tx, tenantId, ended);
  await tell(tx, tenantId, calls, targets, addresses, now);
  return saved.some(({ dueAt }) => dueAt <= now);
}

function makeCall(
  event: StandingEvent,
  look: Look,
  policies: readonly EscalationPolicy[],
  targets: Targets,
  now: Date,
): Call {
  const meant = look.step?.targets ?? [{ kind: 'user' as const, id: event.assigneeId ?? '' }];
  const reached = meant.map((target) => reach(target, targets, now));
  const next = nextOf(event, look, reached, policies, targets, now);
  return { event, look, reached, next };
}

/** Null when there is none left, and when none would reach anybody. */
function nextOf(
  event: StandingEvent,
  look: Look,
  reached: readonly Reached[],
  policies: readonly EscalationPolicy[],
  targets: Targets,
  now: Date,
): Escalation | null {
  const { steps } = look.policy;
  const climb = stepOn(look, now);
  if (!climb) return null;
  const step = look.step ? steps[climb.step] : undefined;
  if (!reaches(reached) && !reaches(reachedByAny(steps, targets, now))) return null;
  const since = step && isInVain(reached, steps, targets, now) ? later(now, -waitMs(step)) : now;
  const after = lookAt({ ...climb, since }, event, policies, now);
  return after && { eventId: event.eventId, climb: after.climb, dueAt: after.dueAt };
}

async function tell(
  tx: Tx,
  tenantId: TenantId,
  calls: readonly Call[],
  targets: Targets,
  addresses: Addresses,
  now: Date,
): Promise<void> {
  if (calls.length === 0) return;
  const told = calls.flatMap(({ reached }) => reached.flatMap((one) => one.told));
  const listening = await reachListeners(tx, tenantId, told);
  const lately = await loadTold(tx, tenantId, [...listening.keys()], now);
  const audienceFor = await loadAudience(tx, tenantId);
  const answered = calls.map((call) => ({
    call,
    answers: answer(call, listening, audienceFor, lately, now),
  }));
  const changes = await recordChanges(
    tx,
    tenantId,
    answered.map(({ call, answers }) => asChange(call, answers, targets, now)),
  );
  const written = answered.map((one, index) => ({ ...one, change: changes[index] as Change }));
  await hold(tx, tenantId, written.flatMap(asHeld), now);
  await addDeliveries(tx, tenantId, asDeliveries(written, targets, addresses, now), now);
}

function asHeld({ call, answers, change }: Written): HeldNotice[] {
  const { eventId } = call.event;
  return answers.flatMap(({ listener, answer: one }) =>
    one.kind === 'held'
      ? [{ change: { changeId: change.id, eventId }, listener, as: one.as, releaseAt: one.until }]
      : [],
  );
}

export interface Answered {
  listener: Told;
  who: Listening;
  /** By which targets. */
  by: Reached[];
  /** Their mail came back the last time. */
  isTried: boolean;
  answer: Answer;
}

/**
 * Quiet hours hold what is not critical, but not from whoever is on call: that is what being on call means. A flood goes
 * into the digest as any other.
 */
function answer(
  { event, reached }: Call,
  listening: ReadonlyMap<string, Listening>,
  audienceFor: AudienceFor,
  lately: (key: string) => ToldLately,
  now: Date,
): Answered[] {
  const listeners = audienceFor(event.org, event.severity);
  const distinct = new Map(reached.flatMap(({ told }) => told.map((one) => [keyOf(one), one] as const)));
  return [...distinct].flatMap(([key, listener]) => {
    const who = listening.get(key);
    if (!who) return [];
    const by = reached.filter(({ told }) => told.some((one) => keyOf(one) === key));
    const isOnCall = by.some(({ target }) => target.kind === 'rota');
    const quietHours = isOnCall ? [] : (listeners.find((one) => keyOf(one) === key)?.quietHours ?? []);
    const question = { level: 'responder' as const, severity: event.severity, quietHours, now };
    // That nobody takes it is no part of a storm that they were told of.
    const notTold = { storm: null, lastToldAt: null, worseSince: null, isReturn: false };
    const { recent, limit, ofTenant } = lately(key);
    return [
      {
        listener,
        who,
        by,
        isTried: by.some(({ unreachable }) => unreachable.includes(key)),
        answer: holdBack({ ...question, ...notTold, digest: who.digest, recent, limit, ofTenant }),
      },
    ];
  });
}

function asChange(
  { event, look, reached, next }: Call,
  answers: readonly Answered[],
  targets: Targets,
  now: Date,
): NewChange {
  const { eventId } = event;
  const told = answers.filter((one) => one.answer.kind === 'now').map(({ listener }) => keyOf(listener));
  const { policy, step, climb } = look;
  const words = answers.length > 0 ? describeTold(answers) : describeUnreached(reached);
  if (step === null) {
    return { eventId, at: now, what: 'reminded', detail: { policy: policy.name, told }, why: words };
  }
  const detail = { policy: policy.name, step: climb.step + 1, round: climb.round, told };
  const why = `${words}; ${describeNext(next, policy, targets)}`;
  return { eventId, at: now, what: 'escalated', detail, why };
}

type Written = { call: Call; answers: readonly Answered[]; change: Change };

/** Several events at once are one notice for a person: whoever is called must not be called twenty times. */
function asDeliveries(
  written: readonly Written[],
  targets: Targets,
  addresses: Addresses,
  now: Date,
): NewDelivery[] {
  const heard = written.flatMap(({ call, answers, change }) =>
    answers
      .filter((one) => one.answer.kind === 'now')
      .map(({ listener, who, by }) => ({
        key: keyOf(listener),
        who,
        call,
        by,
        change,
        isReminder: call.look.step === null,
      })),
  );
  const groups = groupBy(heard, ({ key, isReminder }) => `${key} ${isReminder}`);
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const { who, isReminder, change } = first;
    const { greeting, timeZone } = who;
    const events = own.map(({ call, by }): Escalated => ({
      ...call.event,
      touchedAt: call.event.lastDeedAt ?? call.event.assignedAt ?? call.event.createdAt,
      by: by.flatMap(({ target, name }) => (name ? [{ kind: target.kind, name }] : [])),
      next: describeNext(call.next, call.look.policy, targets, timeZone),
    }));
    const message = wordEscalation({ greeting, timeZone, isReminder, events, baseUrl: addresses.baseUrl });
    const isOne = own.length === 1;
    const notice = {
      kind: isReminder ? ('reminder' as const) : ('escalation' as const),
      eventId: isOne ? change.eventId : null,
      // Of several the first one: whoever learns that it did not arrive finds the others beside it (not-told.ts).
      changeId: change.id,
      message,
    };
    const worst = mostSevere(own.map(({ call }) => call.event.severity)) ?? null;
    return deliverTo(who, worst, notice, addresses, now);
  });
}
