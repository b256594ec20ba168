/**
 * The stage of dispatch that puts events on their ladder: in the transaction in which the responders are told, so that what
 * people heard of is what climbs. What a silence mutes is put on it too, and rests until the silence ends.
 */
import type { Tx } from '../../db/transaction.ts';
import type { ChangeKind } from '../../events/change.ts';
import { between, DAY } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import type { PendingChange } from '../pending-changes.ts';
import { isNews } from '../news.ts';
import { lookAt, type Climb } from './climb.ts';
import { endEscalations, lockEscalations, saveEscalations, type Escalation } from './escalations.ts';
import { listPolicies } from './policies.ts';
import { choosePolicy, type EscalationPolicy } from './policy.ts';
import { loadStandings, type StandingEvent } from './standings.ts';

/** Nobody has it, as on the first day. */
const BEGIN_ANEW: readonly ChangeKind[] = ['opened', 'reopened', 'unassigned', 'not noise'];
/** An event that is on no ladder begins; one that is goes on, rests or ends there. */
const CONCERN: readonly ChangeKind[] = ['assigned', 'snoozed', 'severity', 'split', 'merge undone'];

/** A mailbox that is read for the first time may have years of mail: nobody is called for what is older than this. */
const NEWS_MS = DAY;

export async function planEscalations(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  now: Date,
): Promise<void> {
  const concerning = changes.filter(
    ({ what, at }) => between(at, now) <= NEWS_MS && (BEGIN_ANEW.includes(what) || CONCERN.includes(what)),
  );
  if (concerning.length === 0) return;
  const policies = await listPolicies(tx, tenantId);
  if (policies.length === 0) return;
  const byEvent = groupBy(concerning, ({ eventId }) => eventId);
  const eventIds = [...byEvent.keys()];
  const climbs = await lockEscalations(tx, tenantId, eventIds);
  const standings = await loadStandings(tx, tenantId, eventIds, now, 'looked at');
  const planned: Escalation[] = [];
  const ended: EventId[] = [];
  for (const [eventId, own] of byEvent) {
    const event = standings.get(eventId);
    const climb = climbs.get(eventId) ?? null;
    if (!event || (climb === null && !own.some(mayBegin))) continue;
    const beginsAnew = own.some((change) => isAnew(change, climb, event, policies));
    const look = lookAt(beginsAnew ? null : climb, event, policies, now);
    if (look) planned.push({ eventId, climb: look.climb, dueAt: look.dueAt });
    else if (climb) ended.push(eventId);
  }
  await saveEscalations(tx, tenantId, planned);
  await endEscalations(tx, tenantId, ended);
}

/** That it is less bad than it was calls nobody. */
function mayBegin(change: PendingChange): boolean {
  return change.what !== 'severity' || isNews(change);
}

/** What got so bad that another policy is meant for it begins there; else it goes on. */
function isAnew(
  change: PendingChange,
  climb: Climb | null,
  { org, severity }: StandingEvent,
  policies: readonly EscalationPolicy[],
): boolean {
  if (change.what === 'severity' && isNews(change)) {
    return choosePolicy(policies, org, severity)?.id !== climb?.policyId;
  }
  return BEGIN_ANEW.includes(change.what);
}
