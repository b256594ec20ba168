/** Who wants to hear of what: user group × org pattern × level. */
import { Conflict, Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { isTimeZone } from '../kernel/calendar.ts';
import { groupBy } from '../kernel/group-by.ts';
import { newId, type ChannelId, type GroupId, type TenantId, type UserId } from '../kernel/ids.ts';
import { isWallClock } from '../kernel/wall-clock.ts';
import {
  SubscriptionEntity,
  type QuietHours,
  type SubscriptionRow,
} from '../db/entities/subscription.entity.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { getGroup } from './groups.ts';
import { groupCovers, isOrgPattern, matchesOrg } from './org-pattern.ts';

export type { QuietHours };
export type Level = SubscriptionRow['level'];
export type Interest = Level | 'all';
export type SeverityFloor = NonNullable<SubscriptionRow['severityFloor']>;

export interface Subscription {
  id: string;
  group: GroupId;
  pattern: string;
  level: Level;
  severityFloor: SeverityFloor | null;
  quietHours: QuietHours | null;
  /** Told instead of each person of the group. */
  channel: ChannelId | null;
}

export interface NewSubscription {
  group: GroupId;
  pattern: string;
  level: Level;
  severityFloor?: SeverityFloor | null;
  quietHours?: QuietHours | null;
  /** Of the team: whoever asks has looked. */
  channel?: ChannelId | null;
}

const SUBSCRIPTION = `s.id, s.group_id as "group", s.pattern, s.level, s.severity_floor as "severityFloor",
  s.quiet_hours as "quietHours", s.channel_id as channel`;

/** @throws Invalid, NotFound for a group of another tenant, Conflict `already-subscribed` */
export async function addSubscription(
  tx: Tx,
  tenantId: TenantId,
  wanted: NewSubscription,
  now: Date,
): Promise<Subscription> {
  const pattern = wanted.pattern.trim().toLowerCase();
  requireAcceptable(pattern, wanted.quietHours ?? null);
  await getGroup(tx, tenantId, wanted.group);
  await requireNew(tx, tenantId, wanted.group, pattern);
  const row = await tx.getRepository(SubscriptionEntity).save({
    tenantId,
    id: newId<string>(now),
    groupId: wanted.group,
    pattern,
    level: wanted.level,
    severityFloor: wanted.severityFloor ?? null,
    quietHours: wanted.quietHours ?? null,
    channelId: wanted.channel ?? null,
    createdAt: now,
  });
  return getSubscription(tx, tenantId, row.id);
}

function requireAcceptable(pattern: string, quietHours: QuietHours | null): void {
  const faults: Fault[] = [];
  if (!isOrgPattern(pattern)) {
    faults.push({
      field: 'pattern',
      message:
        'Use a path such as shop.frontend, shop.frontend.* for all below, or !shop.test.* to leave out.',
    });
  }
  if (quietHours && !(isWallClock(quietHours.from) && isWallClock(quietHours.to))) {
    faults.push({ field: 'quietHours', message: 'Give both times as HH:MM.' });
  }
  if (quietHours && !isTimeZone(quietHours.timezone)) {
    faults.push({ field: 'quietHours.timezone', message: 'Give an IANA time zone, such as Europe/Berlin.' });
  }
  if (faults.length > 0) throw new Invalid(faults);
}

async function requireNew(tx: Tx, tenantId: TenantId, groupId: GroupId, pattern: string): Promise<void> {
  const same = await tx.getRepository(SubscriptionEntity).countBy({ tenantId, groupId, pattern });
  if (same > 0)
    throw new Conflict(`The group has a subscription for ${pattern} already.`, 'already-subscribed');
}

export type SubscriptionChange = Partial<Omit<NewSubscription, 'group'>>;

/** @throws NotFound, Invalid */
export async function changeSubscription(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: SubscriptionChange,
): Promise<Subscription> {
  const present = await getSubscription(tx, tenantId, id);
  const pattern = change.pattern?.trim().toLowerCase() ?? present.pattern;
  requireAcceptable(pattern, change.quietHours ?? null);
  if (pattern !== present.pattern) await requireNew(tx, tenantId, present.group, pattern);
  await tx.getRepository(SubscriptionEntity).update(
    { tenantId, id },
    {
      pattern,
      level: change.level ?? present.level,
      severityFloor: change.severityFloor === undefined ? present.severityFloor : change.severityFloor,
      quietHours: change.quietHours === undefined ? present.quietHours : change.quietHours,
      channelId: change.channel === undefined ? present.channel : change.channel,
    },
  );
  return getSubscription(tx, tenantId, id);
}

/** @throws NotFound */
export async function removeSubscription(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from subscriptions where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  if (removed === 0) throw new NotFound('subscription');
}

/** @throws NotFound */
export async function getSubscription(tx: Tx, tenantId: TenantId, id: string): Promise<Subscription> {
  const [found] = await rows<Subscription>(
    tx,
    `select ${SUBSCRIPTION} from subscriptions s where s.tenant_id = $1 and s.id = $2`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('subscription');
  return found;
}

export async function listSubscriptions(tx: Tx, tenantId: TenantId): Promise<Subscription[]> {
  return rows<Subscription>(
    tx,
    `select ${SUBSCRIPTION} from subscriptions s where s.tenant_id = $1 order by s.pattern, s.id`,
    [tenantId],
  );
}

/** Subscriptions with the people of their groups: what interests and audiences are computed from. */
export interface HeldSubscription extends Subscription {
  users: UserId[];
}

export async function listHeldSubscriptions(tx: Tx, tenantId: TenantId): Promise<HeldSubscription[]> {
  return rows<HeldSubscription>(
    tx,
    `select ${SUBSCRIPTION}, coalesce(array_agg(m.user_id) filter (where m.user_id is not null), '{}') as users
     from subscriptions s
       left join group_members m on m.tenant_id = s.tenant_id and m.group_id = s.group_id
     where s.tenant_id = $1
     group by s.id, s.group_id, s.pattern, s.level, s.severity_floor, s.quiet_hours, s.channel_id`,
    [tenantId],
  );
}

/** A user's interest in an org path: the highest level over their groups; `all` when no group covers it. */
export function interestIn(
  subscriptions: readonly HeldSubscription[],
  userId: string,
  org: string | null,
): Interest {
  const levels = groupsOf(subscriptions, userId).map((group) => levelOfGroup(group, org));
  if (levels.includes('responder')) return 'responder';
  return levels.includes('interested') ? 'interested' : 'all';
}

function groupsOf(subscriptions: readonly HeldSubscription[], userId: string): HeldSubscription[][] {
  const own = subscriptions.filter((subscription) => subscription.users.includes(userId as UserId));
  return [...groupBy(own, (subscription) => subscription.group).values()];
}

/** The highest level among the subscriptions of one group that cover `org`, or null. */
export function levelOfGroup(subscriptions: readonly Subscription[], org: string | null): Level | null {
  const covering = coveringOf(subscriptions, org);
  if (covering.length === 0) return null;
  return covering.some(({ level }) => level === 'responder') ? 'responder' : 'interested';
}

/** The subscriptions of one group by which it hears of `org`; none when one of them leaves it out. */
export function coveringOf<S extends Subscription>(subscriptions: readonly S[], org: string | null): S[] {
  if (!groupCovers(patternsOf(subscriptions), org)) return [];
  return subscriptions.filter(({ pattern }) => !pattern.startsWith('!') && matchesOrg(pattern, org));
}

function patternsOf(subscriptions: readonly Subscription[]): string[] {
  return subscriptions.map((subscription) => subscription.pattern);
}
