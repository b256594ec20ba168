/**
 * A person's word that they want no notices by a subscription, while the others of its group go on hearing by it. What
 * they see on the pages stays: it is the mail that is too much.
 */
import { NotFound } from '../kernel/errors.ts';
import type { TenantId, UserId } from '../kernel/ids.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { listHeldSubscriptions, type HeldSubscription, type Level } from './subscriptions.ts';

export interface Mute {
  subscription: string;
  user: UserId;
  userName: string;
  pattern: string;
  level: Level;
  group: string;
  groupName: string;
  /** The person's own group: nobody else hears by it. */
  isOwn: boolean;
  mutedAt: Date;
}

/** @param userId of one person alone */
export async function listMutes(tx: Tx, tenantId: TenantId, userId: string | null = null): Promise<Mute[]> {
  return rows<Mute>(
    tx,
    `select x.subscription_id as subscription, x.user_id as "user", u.name as "userName", s.pattern, s.level,
       g.id as "group", g.name as "groupName", g.personal_user_id is not null as "isOwn", x.muted_at as "mutedAt"
     from mutes x join users u on u.id = x.user_id
       join subscriptions s on s.tenant_id = x.tenant_id and s.id = x.subscription_id
       join groups g on g.tenant_id = s.tenant_id and g.id = s.group_id
     where x.tenant_id = $1 and ($2::uuid is null or x.user_id = $2)
     order by s.pattern, u.name`,
    [tenantId, userId],
  );
}

export async function mute(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  subscriptions: readonly string[],
  now: Date,
): Promise<void> {
  await rows(
    tx,
    `insert into mutes (tenant_id, user_id, subscription_id, muted_at)
     select $1::uuid, $2::uuid, id, $4::timestamptz from unnest($3::uuid[]) as s (id) on conflict do nothing returning user_id`,
    [tenantId, userId, subscriptions, now],
  );
}

/** @throws NotFound for a subscription by which they hear */
export async function hearAgain(
  tx: Tx,
  tenantId: TenantId,
  userId: string,
  subscription: string,
): Promise<void> {
  const heard = await affected(
    tx,
    'delete from mutes where tenant_id = $1 and user_id = $2 and subscription_id = $3',
    [tenantId, userId, subscription],
  );
  if (heard === 0) throw new NotFound('mute');
}

/** The subscriptions with the people who hear by them: who is told, other than who sees it first on the pages. */
export async function listHeardSubscriptions(tx: Tx, tenantId: TenantId): Promise<HeldSubscription[]> {
  const held = await listHeldSubscriptions(tx, tenantId);
  const muted = await rows<{ key: string }>(
    tx,
    `select subscription_id || ' ' || user_id as key from mutes where tenant_id = $1`,
    [tenantId],
  );
  if (muted.length === 0) return held;
  const keys = new Set(muted.map(({ key }) => key));
  return held.map((one) => ({ ...one, users: one.users.filter((user) => !keys.has(`${one.id} ${user}`)) }));
}
