/** User groups: subscriptions belong to them. Every person has one of their own, named after their address. */
import { Conflict, Forbidden, Invalid, NotFound } from '../kernel/errors.ts';
import { newId, type GroupId, type TenantId, type UserId } from '../kernel/ids.ts';
import { GroupEntity } from '../db/entities/group.entity.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';

export interface Group {
  id: GroupId;
  name: string;
  users: UserId[];
  /** The person whose own group this is. */
  personalUserId: UserId | null;
}

export interface GroupInput {
  name?: string;
  users?: string[];
}

const GROUP = `select g.id, g.name, g.personal_user_id as "personalUserId",
    coalesce(array_agg(m.user_id) filter (where m.user_id is not null), '{}') as users
  from groups g left join group_members m on m.tenant_id = g.tenant_id and m.group_id = g.id`;
const BY_GROUP = 'group by g.id, g.name, g.personal_user_id order by g.personal_user_id is not null, g.name';

export async function listGroups(tx: Tx, tenantId: TenantId): Promise<Group[]> {
  return rows<Group>(tx, `${GROUP} where g.tenant_id = $1 ${BY_GROUP}`, [tenantId]);
}

/** @throws NotFound */
export async function getGroup(tx: Tx, tenantId: TenantId, id: string): Promise<Group> {
  const [group] = await rows<Group>(tx, `${GROUP} where g.tenant_id = $1 and g.id = $2 ${BY_GROUP}`, [
    tenantId,
    id,
  ]);
  if (!group) throw new NotFound('group');
  return group;
}

/** @throws Invalid, Conflict `group-exists`, NotFound for users of other tenants */
export async function addGroup(tx: Tx, tenantId: TenantId, input: GroupInput, now: Date): Promise<Group> {
  const name = await requireFreeName(tx, tenantId, input.name ?? '', null);
  const id = newId<GroupId>(now);
  await tx.getRepository(GroupEntity).insert({ tenantId, id, name, personalUserId: null });
  await setUsers(tx, tenantId, id, input.users ?? []);
  return getGroup(tx, tenantId, id);
}

/** @throws NotFound, Invalid, Conflict, Forbidden for a personal group */
export async function changeGroup(tx: Tx, tenantId: TenantId, id: string, input: GroupInput): Promise<Group> {
  const group = await getGroup(tx, tenantId, id);
  requireShared(group);
  if (input.name !== undefined) {
    const name = await requireFreeName(tx, tenantId, input.name, group.id);
    await tx.getRepository(GroupEntity).update({ tenantId, id: group.id }, { name });
  }
  if (input.users !== undefined) await setUsers(tx, tenantId, group.id, input.users);
  return getGroup(tx, tenantId, id);
}

/** Removes a group with its subscriptions. @throws NotFound, Forbidden for a personal group */
export async function removeGroup(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const group = await getGroup(tx, tenantId, id);
  requireShared(group);
  await affected(tx, 'delete from groups where tenant_id = $1 and id = $2', [tenantId, group.id]);
}

function requireShared(group: Group): void {
  if (group.personalUserId !== null) {
    throw new Forbidden('A personal group goes with its person and cannot be changed.', 'personal-group');
  }
}

async function requireFreeName(
  tx: Tx,
  tenantId: TenantId,
  wanted: string,
  self: GroupId | null,
): Promise<string> {
  const name = wanted.trim();
  if (!name) throw new Invalid([{ field: 'name', message: 'Give the group a name.' }]);
  const holder = await tx.getRepository(GroupEntity).findOneBy({ tenantId, name });
  if (holder && holder.id !== self) throw new Conflict(`There is a group ${name} already.`, 'group-exists');
  return name;
}

async function setUsers(tx: Tx, tenantId: TenantId, groupId: GroupId, users: string[]): Promise<void> {
  const wanted = [...new Set(users)];
  await affected(tx, 'delete from group_members where tenant_id = $1 and group_id = $2', [tenantId, groupId]);
  const added = await rows(
    tx,
    `insert into group_members (tenant_id, group_id, user_id)
     select m.tenant_id, $2, m.user_id from memberships m where m.tenant_id = $1 and m.user_id::text = any($3)
     returning user_id`,
    [tenantId, groupId, wanted],
  );
  if (added.length < wanted.length) throw new NotFound('user among those given');
}
