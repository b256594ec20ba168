/**
 * A notice of an escalation that did not arrive: its place refused it for good, or it came back. The event's timeline says
 * so; when nobody else was told by that step, the next one is told at once, as if it had been known from the beginning.
 */
import { listAddressees } from '../../accounts/users.ts';
import { oneRow, rows, type Tx } from '../../db/transaction.ts';
import { recordChanges } from '../../events/change.ts';
import { later } from '../../kernel/clock.ts';
import { idsOf, type EventId, type TenantId } from '../../kernel/ids.ts';
import { TRIES_IN_VAIN, type Delivery } from '../deliveries.ts';
import { describeNext } from './describe.ts';
import { lockEscalations, saveEscalations, type Escalation } from './escalations.ts';
import { reachedByAny, reachesSurely } from './in-vain.ts';
import { listPolicies } from './policies.ts';
import { waitMs } from './policy.ts';
import { loadTargets } from './targets.ts';

export type Failed = Pick<
  Delivery,
  'tenantId' | 'id' | 'kind' | 'changeId' | 'userId' | 'channelId' | 'address' | 'createdAt'
>;

/** It arrived, or may yet: a place that is tried in vain again and again counts as one that refused. */
const IS_PROMISING = `(d.state = 'sent' or d.state = 'pending' and d.attempts < ${TRIES_IN_VAIN})`;

/** Nothing for other notices, and for who is told at another place too. */
export async function recordNotTold(tx: Tx, failed: Failed, reason: string, now: Date): Promise<void> {
  const { tenantId, kind, changeId } = failed;
  if ((kind !== 'escalation' && kind !== 'reminder') || changeId === null) return;
  if (await isToldOtherwise(tx, failed)) return;
  const calls = await listCalls(tx, failed, changeId);
  const name = await nameOf(tx, failed);
  const inVain = calls.filter(({ isAnybodyTold }) => !isAnybodyTold);
  const next = await goOn(tx, tenantId, inVain, now);
  await recordChanges(
    tx,
    tenantId,
    calls.map(({ eventId }) => ({
      eventId,
      at: now,
      what: 'not told' as const,
      detail: { delivery: failed.id },
      why: [`${name}: ${reason}`, next.get(eventId)].filter(Boolean).join('; '),
    })),
  );
}

/** The same person on a channel of their own, or whoever is told in place of a room that is down. */
async function isToldOtherwise(tx: Tx, failed: Failed): Promise<boolean> {
  const { tenantId, id, changeId, userId, createdAt } = failed;
  const other = await oneRow(
    tx,
    `select from deliveries d where tenant_id = $1 and change_id = $2 and id <> $3 and ${IS_PROMISING}
       and (user_id = $4 or $4 is null and created_at > $5) limit 1`,
    [tenantId, changeId, id, userId, createdAt],
  );
  return other !== undefined;
}

interface Call {
  eventId: EventId;
  /** When it was told. */
  at: Date;
  isAnybodyTold: boolean;
}

/** What a notice told of, when several events were one: all of the same instant that name who it was for. */
async function listCalls(tx: Tx, failed: Failed, changeId: string): Promise<Call[]> {
  const { tenantId, id, userId, channelId, createdAt } = failed;
  const [from, to] = idsOf(createdAt);
  return rows<Call>(
    tx,
    `select c.event_id as "eventId", c.at,
       exists (select from deliveries d where d.tenant_id = $1 and d.change_id = c.id and d.id <> $6 and ${IS_PROMISING})
       or exists (select from deliveries d where d.tenant_id = $1 and d.created_at = c.at and d.id <> $6 and ${IS_PROMISING}
         and c.detail -> 'told' ? coalesce(d.user_id, d.channel_id)::text) as "isAnybodyTold"
     from changes c
     where c.tenant_id = $1 and c.what in ('escalated', 'reminded')
       and (c.id = $2 or c.id >= $3 and c.id < $4 and c.detail -> 'told' ? $5)
     order by c.id`,
    [tenantId, changeId, from, to, userId ?? channelId, id],
  );
}

async function nameOf(tx: Tx, { tenantId, userId, address }: Failed): Promise<string> {
  const [person] = userId ? await listAddressees(tx, tenantId, [userId]) : [];
  return person?.name ?? address;
}

/** Those that still stand where the step left them. @returns what happens now, in words */
async function goOn(
  tx: Tx,
  tenantId: TenantId,
  calls: readonly Call[],
  now: Date,
): Promise<Map<EventId, string>> {
  const said = new Map<EventId, string>();
  const moved: Escalation[] = [];
  if (calls.length === 0) return said;
  const climbs = await lockEscalations(
    tx,
    tenantId,
    calls.map(({ eventId }) => eventId),
  );
  const policies = await listPolicies(tx, tenantId);
  const targets = await loadTargets(tx, tenantId);
  for (const { eventId, at } of calls) {
    const climb = climbs.get(eventId);
    const policy = policies.find(({ id }) => id === climb?.policyId);
    const step = climb && policy?.steps[climb.step];
    if (!policy || !step || climb.assigneeId !== null || climb.since.getTime() !== at.getTime()) continue;
    if (!reachesSurely(reachedByAny(policy.steps, targets, now))) continue;
    const next = { eventId, climb: { ...climb, since: later(now, -waitMs(step)) }, dueAt: now };
    moved.push(next);
    said.set(eventId, describeNext(next, policy, targets));
  }
  await saveEscalations(tx, tenantId, moved);
  return said;
}
