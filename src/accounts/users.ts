/** People and the tenants they belong to. A person is known by the mail address they sign in with. */
import { OWN_TENANT } from '../config/own-tenant.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { isTimeZone } from '../kernel/calendar.ts';
import { given } from '../kernel/given.ts';
import { newId, type GroupId, type TenantId, type UserId } from '../kernel/ids.ts';
import { UserEntity, type UserRow } from '../db/entities/user.entity.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { isMailAddress } from './mail-address.ts';
import { hashPassword, isPassword, NO_ONES_HASH, requireGoodPassword } from './password.ts';
import { ROLES, type Role } from './role.ts';

export type User = UserRow;

/** A user as a tenant sees them. */
export interface Member {
  id: UserId;
  email: string;
  name: string;
  role: Role;
  unreachableReason: string | null;
}

export interface NewMember {
  email: string;
  name?: string;
  role: Role;
  password: string;
}

const MEMBER = `u.id, u.email, u.name, m.role, u.unreachable_reason as "unreachableReason"
  from memberships m join users u on u.id = m.user_id`;

/**
 * Adds a person to a tenant. Somebody known in another tenant joins with the password they have.
 * @throws Invalid, Conflict `already-member`
 */
export async function addMember(tx: Tx, tenantId: TenantId, wanted: NewMember, now: Date): Promise<Member> {
  const email = wanted.email.trim().toLowerCase();
  requireAcceptable(email, wanted.role);
  const known = await tx.getRepository(UserEntity).findOneBy({ email });
  const user = known ?? (await createUser(tx, { ...wanted, email }, now));
  const added = await rows(
    tx,
    `insert into memberships (tenant_id, user_id, role, created_at) values ($1, $2, $3, $4)
     on conflict do nothing returning user_id`,
    [tenantId, user.id, wanted.role, now],
  );
  if (added.length === 0) throw new Conflict(`${email} belongs to this tenant already.`, 'already-member');
  await addPersonalGroup(tx, tenantId, user, now);
  return getMember(tx, tenantId, user.id);
}

function requireAcceptable(email: string, role: Role): void {
  const faults: Fault[] = [];
  if (!isMailAddress(email)) faults.push({ field: 'email', message: 'Give a mail address.' });
  if (!ROLES.includes(role)) faults.push({ field: 'role', message: `Use one of ${ROLES.join(', ')}.` });
  if (faults.length > 0) throw new Invalid(faults);
}

async function createUser(tx: Tx, wanted: NewMember, now: Date): Promise<User> {
  requireGoodPassword(wanted.password);
  return tx.getRepository(UserEntity).save({
    id: newId<UserId>(now),
    email: wanted.email,
    name: wanted.name?.trim() || (wanted.email.split('@')[0] ?? wanted.email),
    passwordHash: await hashPassword(wanted.password),
    timeZone: null,
    theme: 'auto',
    unreachableSince: null,
    unreachableReason: null,
    createdAt: now,
  });
}

/** The group whose subscriptions are this person's own. */
export async function addPersonalGroup(
  tx: Tx,
  tenantId: TenantId,
  user: Pick<User, 'id' | 'email'>,
  now: Date,
): Promise<void> {
  const groupId = newId<GroupId>(now);
  await rows(tx, `insert into groups (tenant_id, id, name, personal_user_id) values ($1, $2, $3, $4)`, [
    tenantId,
    groupId,
    user.email,
    user.id,
  ]);
  await rows(tx, `insert into group_members (tenant_id, group_id, user_id) values ($1, $2, $3)`, [
    tenantId,
    groupId,
    user.id,
  ]);
}

export async function listMembers(tx: Tx, tenantId: TenantId): Promise<Member[]> {
  return rows<Member>(tx, `select ${MEMBER} where m.tenant_id = $1 order by u.name, u.email`, [tenantId]);
}

/** @throws NotFound */
export async function getMember(tx: Tx, tenantId: TenantId, userId: string): Promise<Member> {
  const member = await oneRow<Member>(tx, `select ${MEMBER} where m.tenant_id = $1 and m.user_id = $2`, [
    tenantId,
    userId,
  ]);
  if (!member) throw new NotFound('user');
  return member;
}

export interface MemberChange {
  name?: string;
  role?: Role;
  password?: string;
}

/** @throws NotFound, Invalid, Conflict `last-admin` */
export async function changeMember(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  change: MemberChange,
): Promise<Member> {
  const member = await getMember(tx, tenantId, userId);
  if (change.role !== undefined && change.role !== member.role) {
    if (member.role === 'admin') await requireAnotherAdmin(tx, tenantId, userId);
    await affected(tx, 'update memberships set role = $3 where tenant_id = $1 and user_id = $2', [
      tenantId,
      userId,
      change.role,
    ]);
  }
  if (change.name !== undefined) {
    await affected(tx, 'update users set name = $2 where id = $1', [
      userId,
      change.name.trim() || member.name,
    ]);
  }
  if (change.password !== undefined) await setPassword(tx, userId, change.password);
  return getMember(tx, tenantId, userId);
}

/**
 * A person's own doing: they prove that they know the present one.
 * @throws Invalid at `currentPassword` or `newPassword`
 */
export async function changeOwnPassword(tx: Tx, user: User, current: string, wanted: string): Promise<void> {
  if (!(await isPassword(current, user.passwordHash))) {
    throw new Invalid([{ field: 'currentPassword', message: 'This is not your present password.' }]);
  }
  requireGoodPassword(wanted, 'newPassword');
  await setPassword(tx, user.id, wanted);
}

/** Sets the password and ends every session of the user: whoever knew the old one is out. */
async function setPassword(tx: Tx, userId: UserId, password: string): Promise<void> {
  requireGoodPassword(password);
  await affected(tx, 'update users set password_hash = $2 where id = $1', [
    userId,
    await hashPassword(password),
  ]);
  await affected(tx, 'delete from sessions where user_id = $1', [userId]);
}

/** Takes a person out of a tenant; with the last tenant goes the account. @throws NotFound, Conflict `last-admin` */
export async function removeMember(tx: Tx, tenantId: TenantId, userId: UserId): Promise<void> {
  const member = await getMember(tx, tenantId, userId);
  if (member.role === 'admin') await requireAnotherAdmin(tx, tenantId, userId);
  await affected(tx, 'delete from groups where tenant_id = $1 and personal_user_id = $2', [tenantId, userId]);
  await affected(tx, 'delete from memberships where tenant_id = $1 and user_id = $2', [tenantId, userId]);
}

async function requireAnotherAdmin(tx: Tx, tenantId: TenantId, userId: UserId): Promise<void> {
  const other = await oneRow(
    tx,
    `select 1 from memberships where tenant_id = $1 and role = 'admin' and user_id <> $2 limit 1`,
    [tenantId, userId],
  );
  if (!other) throw new Conflict('The last admin must stay. Make somebody else admin first.', 'last-admin');
}

/** The user whose address and password these are, or null. Takes the same time either way. */
export async function authenticate(tx: Tx, email: string, password: string): Promise<User | null> {
  const user = await tx.getRepository(UserEntity).findOneBy({ email: email.trim().toLowerCase() });
  const matches = await isPassword(password, user?.passwordHash ?? NO_ONES_HASH);
  return matches ? user : null;
}

export interface Membership {
  tenantId: TenantId;
  slug: string;
  tenantName: string;
  tenantTimeZone: string;
  role: Role;
}

/** The tenants a user belongs to, by name; the one of DaTamer itself is nobody's first. Needs a transaction across tenants. */
export async function listMemberships(tx: Tx, userId: UserId): Promise<Membership[]> {
  return rows<Membership>(
    tx,
    `select m.tenant_id as "tenantId", t.slug, t.name as "tenantName", t.time_zone as "tenantTimeZone", m.role
     from memberships m join tenants t on t.id = m.tenant_id
     where m.user_id = $1 order by t.slug = $2, t.name`,
    [userId, OWN_TENANT],
  );
}

export async function findUser(tx: Tx, userId: UserId): Promise<User | null> {
  return tx.getRepository(UserEntity).findOneBy({ id: userId });
}

export interface Preferences {
  timeZone?: string | null;
  theme?: User['theme'];
}

export async function changePreferences(tx: Tx, userId: UserId, preferences: Preferences): Promise<void> {
  if (preferences.timeZone && !isTimeZone(preferences.timeZone)) {
    throw new Invalid([{ field: 'timeZone', message: 'Give an IANA time zone, such as Europe/Berlin.' }]);
  }
  const change = given(preferences);
  if (Object.keys(change).length > 0) await tx.getRepository(UserEntity).update({ id: userId }, change);
}

export async function isAnybodyThere(tx: Tx): Promise<boolean> {
  return (await oneRow(tx, 'select 1 from users limit 1')) !== undefined;
}

/** A bounce says that notices do not reach this address; shown to admins until the next one arrives. */
export async function markUnreachable(tx: Tx, userId: UserId, reason: string, now: Date): Promise<void> {
  await affected(tx, 'update users set unreachable_since = $2, unreachable_reason = $3 where id = $1', [
    userId,
    now,
    reason,
  ]);
}

export async function markReachable(tx: Tx, userId: UserId): Promise<void> {
  await affected(
    tx,
    `update users set unreachable_since = null, unreachable_reason = null
     where id = $1 and unreachable_since is not null`,
    [userId],
  );
}

/** Somebody to write to, in the time zone that they read. */
export interface Addressee extends NoticeWishes {
  id: UserId;
  name: string;
  email: string;
  timeZone: string;
  /** Mail comes for what is at least so severe, and for what none of their channels takes; null: for everything. */
}

export const MAIL_FLOORS = ['warn', 'critical', 'never'] as const;
export type MailFloor = (typeof MAIL_FLOORS)[number];

/** How a person wants to be told in a tenant. */
export interface NoticeWishes {
  mailFloor: MailFloor | null;
  /** `HH:MM` in their zone; none: each quarter of an hour. */
  digestTimes: string[];
}

/** @throws NotFound */
export async function getNoticeWishes(tx: Tx, tenantId: TenantId, userId: UserId): Promise<NoticeWishes> {
  const found = await oneRow<NoticeWishes>(
    tx,
    `select mail_floor as "mailFloor", coalesce(digest_times, '{}') as "digestTimes" from memberships
     where tenant_id = $1 and user_id = $2`,
    [tenantId, userId],
  );
  if (!found) throw new NotFound('user');
  return found;
}

/** What waits for a digest comes when it was to come; the next ones come by the new times. */
export async function setNoticeWishes(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
  { mailFloor, digestTimes }: NoticeWishes,
): Promise<void> {
  const times = [...new Set(digestTimes)].sort();
  await affected(
    tx,
    'update memberships set mail_floor = $3, digest_times = $4 where tenant_id = $1 and user_id = $2',
    [tenantId, userId, mailFloor, times.length > 0 ? times : null],
  );
}

export async function listAddressees(
  tx: Tx,
  tenantId: TenantId,
  userIds: readonly UserId[],
): Promise<Addressee[]> {
  if (userIds.length === 0) return [];
  return rows<Addressee>(
    tx,
    `select u.id, u.name, u.email, coalesce(u.time_zone, t.time_zone) as "timeZone", m.mail_floor as "mailFloor",
       coalesce(m.digest_times, '{}') as "digestTimes"
     from memberships m join users u on u.id = m.user_id join tenants t on t.id = m.tenant_id
     where m.tenant_id = $1 and m.user_id = any($2::uuid[]) order by u.email`,
    [tenantId, userIds],
  );
}
