/** Users, groups and tokens. */
import { z } from 'zod';
import { addGroup, changeGroup, getGroup, listGroups, removeGroup } from '../../accounts/groups.ts';
import { ROLES } from '../../accounts/role.ts';
import { addToken, listTokens, removeToken } from '../../accounts/tokens.ts';
import { addMember, changeMember, getMember, listMembers, removeMember } from '../../accounts/users.ts';
import { giveUpEventsOf } from '../../events/give-up.ts';
import type { UserId } from '../../kernel/ids.ts';
import { requireUntold } from '../../outbound/escalation/policies.ts';
import { operation, whole } from '../operation.ts';

const role = z.enum(ROLES);

const user = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
    unreachableReason: z.string().nullable().describe('Why notices do not reach this address.'),
  })
  .meta({ id: 'User' });

const userOperations = [
  operation({
    id: 'listUsers',
    method: 'get',
    path: '/users',
    summary: 'The people of the tenant',
    permission: 'read',
    answer: whole(user),
    handle: async ({ tx, tenant }) => ({ items: await listMembers(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'addUser',
    method: 'post',
    path: '/users',
    summary: 'Add a person; somebody known in another tenant keeps the password they have',
    permission: 'administer',
    body: z.object({
      email: z.email().max(254),
      name: z.string().trim().max(200).optional(),
      role,
      password: z.string().max(500).default('').describe('Not needed for somebody known in another tenant.'),
    }),
    answer: user,
    creates: true,
    handle: async ({ tx, tenant, now }, { body }) => addMember(tx, tenant.id, body, now),
  }),
  operation({
    id: 'getUser',
    method: 'get',
    path: '/users/{id}',
    summary: 'One person',
    permission: 'read',
    answer: user,
    handle: async ({ tx, tenant }, { params }) => getMember(tx, tenant.id, params.id),
  }),
  operation({
    id: 'changeUser',
    method: 'patch',
    path: '/users/{id}',
    summary: 'Change name, role or password; a new password ends the sessions of the old one',
    permission: 'administer',
    body: z.object({
      name: z.string().trim().min(1).max(200).optional(),
      role: role.optional(),
      password: z.string().max(500).optional(),
    }),
    answer: user,
    handle: async ({ tx, tenant }, { params, body }) =>
      changeMember(tx, tenant.id, params.id as UserId, body),
  }),
  operation({
    id: 'removeUser',
    method: 'delete',
    path: '/users/{id}',
    summary: 'Take a person out of the tenant; their open events are nobody’s then',
    permission: 'administer',
    answer: user,
    handle: async ({ tx, tenant, actor, now }, { params }) => {
      const removed = await getMember(tx, tenant.id, params.id);
      await giveUpEventsOf(tx, { tenantId: tenant.id, actor, now }, removed);
      await removeMember(tx, tenant.id, params.id as UserId);
      return removed;
    },
  }),
];

const group = z
  .object({
    id: z.string(),
    name: z.string(),
    users: z.array(z.string()),
    personalUserId: z.string().nullable().describe('The person whose own group this is.'),
  })
  .meta({ id: 'Group' });

const groupInput = z.object({
  name: z.string().trim().min(1, 'Give the group a name.').max(100),
  users: z.array(z.uuid()).max(1000).optional(),
});

const groupOperations = [
  operation({
    id: 'listGroups',
    method: 'get',
    path: '/groups',
    summary: 'Groups; each person has one of their own',
    permission: 'read',
    answer: whole(group),
    handle: async ({ tx, tenant }) => ({ items: await listGroups(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'addGroup',
    method: 'post',
    path: '/groups',
    summary: 'Add a group',
    permission: 'work',
    body: groupInput,
    answer: group,
    creates: true,
    handle: async ({ tx, tenant, now }, { body }) => addGroup(tx, tenant.id, body, now),
  }),
  operation({
    id: 'getGroup',
    method: 'get',
    path: '/groups/{id}',
    summary: 'One group',
    permission: 'read',
    answer: group,
    handle: async ({ tx, tenant }, { params }) => getGroup(tx, tenant.id, params.id),
  }),
  operation({
    id: 'changeGroup',
    method: 'patch',
    path: '/groups/{id}',
    summary: 'Change name or people of a group',
    permission: 'work',
    body: groupInput.partial(),
    answer: group,
    handle: async ({ tx, tenant }, { params, body }) => changeGroup(tx, tenant.id, params.id, body),
  }),
  operation({
    id: 'removeGroup',
    method: 'delete',
    path: '/groups/{id}',
    summary: 'Remove a group with its subscriptions',
    permission: 'work',
    answer: group,
    handle: async ({ tx, tenant }, { params }) => {
      const removed = await getGroup(tx, tenant.id, params.id);
      await requireUntold(tx, tenant.id, 'group', removed.id);
      await removeGroup(tx, tenant.id, params.id);
      return removed;
    },
  }),
];

const token = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    createdAt: z.date(),
    lastUsedAt: z.date().nullable(),
  })
  .meta({ id: 'Token' });

/** The only answer that carries a token's text. */
export const newToken = token.extend({ token: z.string() });

const tokenOperations = [
  operation({
    id: 'listTokens',
    method: 'get',
    path: '/tokens',
    summary: 'Bearer tokens, without their text',
    permission: 'administer',
    answer: whole(token),
    handle: async ({ tx, tenant }) => ({ items: await listTokens(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'addToken',
    method: 'post',
    path: '/tokens',
    summary: 'Make a token; its text is answered this once',
    permission: 'administer',
    body: z.object({ name: z.string().trim().max(100).optional(), role }),
    answer: newToken,
    creates: true,
    showsAnswer: true,
    handle: async ({ tx, tenant, now }, { body }) => addToken(tx, tenant.id, body, now),
  }),
  operation({
    id: 'removeToken',
    method: 'delete',
    path: '/tokens/{id}',
    summary: 'Remove a token; it is dead at once',
    permission: 'administer',
    answer: z.object({ id: z.string() }),
    handle: async ({ tx, tenant }, { params }) => {
      await removeToken(tx, tenant.id, params.id);
      return { id: params.id };
    },
  }),
];

export const peopleOperations = [...userOperations, ...groupOperations, ...tokenOperations];
