/** Subscriptions: who wants to hear of what, and who not. */
import { z } from 'zod';
import {
  addSubscription,
  changeSubscription,
  getSubscription,
  listSubscriptions,
  removeSubscription,
} from '../../accounts/subscriptions.ts';
import { hearAgain, listMutes, mute } from '../../accounts/mutes.ts';
import type { Tenant } from '../../accounts/tenants.ts';
import { Invalid } from '../../kernel/errors.ts';
import type { ChannelId, GroupId, UserId } from '../../kernel/ids.ts';
import { getChannel } from '../../outbound/channels/channels.ts';
import { bodyFromForm } from '../form-body.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { severity } from '../schemas/event.ts';

const BOTH_TIMES = 'Give both times as HH:MM, or neither.';

const quietHours = z.object({
  from: z.string(BOTH_TIMES).regex(/^\d{2}:\d{2}$/, BOTH_TIMES),
  to: z.string(BOTH_TIMES).regex(/^\d{2}:\d{2}$/, BOTH_TIMES),
  timezone: z.string().max(100),
});

const subscription = z
  .object({
    id: z.string(),
    group: z.string(),
    pattern: z.string(),
    level: z.enum(['responder', 'interested']),
    severityFloor: severity.nullable(),
    quietHours: quietHours.nullable(),
    channel: z.string().nullable().describe('A channel of the team that is told instead of each person.'),
  })
  .meta({ id: 'Subscription' });

const subscriptionInput = z.object({
  group: z.uuid().transform((id) => id as GroupId),
  pattern: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .describe(
      '`a.b.c` exact, `a.b.*` the path and all below, `*` for one label inside, `!` in front excludes.',
    ),
  level: z.enum(['responder', 'interested']),
  severityFloor: severity.nullable().optional(),
  quietHours: quietHours
    .extend({ timezone: z.string().max(100).optional().describe("Left out: the tenant's.") })
    .nullable()
    .optional(),
  channel: z
    .uuid()
    .transform((id) => id as ChannelId)
    .nullable()
    .optional()
    .describe('A channel of the team that is told instead of each person of the group.'),
});

const subscriptionChange = subscriptionInput.omit({ group: true }).partial();

/** The zone stands in its field always, and says nothing without times. */
function withoutLoneZone(fields: Record<string, unknown>): Record<string, unknown> {
  if (!fields['quietHours']) return fields;
  const { from, to } = fields['quietHours'] as Record<string, unknown>;
  return from || to ? fields : { ...fields, quietHours: '' };
}

/** Hours without a time zone are those of the tenant. */
function inTimeZone<Input extends Pick<z.output<typeof subscriptionInput>, 'quietHours'>>(
  input: Input,
  { timeZone }: Tenant,
) {
  const { quietHours: hours, ...rest } = input;
  if (hours === undefined) return rest;
  return { ...rest, quietHours: hours && { ...hours, timezone: hours.timezone ?? timeZone } };
}

/** @throws NotFound for a channel of somebody else */
async function requireTeamChannel(
  { tx, tenant }: Scope,
  channel: ChannelId | null | undefined,
): Promise<void> {
  if (channel) await getChannel(tx, tenant.id, null, channel);
}

const patternOperations = [
  operation({
    id: 'listSubscriptions',
    method: 'get',
    path: '/subscriptions',
    summary: 'Subscriptions of all groups',
    permission: 'read',
    answer: whole(subscription),
    handle: async ({ tx, tenant }) => ({ items: await listSubscriptions(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'addSubscription',
    method: 'post',
    path: '/subscriptions',
    summary: 'Subscribe a group to a pattern of org paths',
    permission: 'work',
    body: subscriptionInput,
    answer: subscription,
    creates: true,
    readForm: (fields) => bodyFromForm(subscriptionInput, withoutLoneZone(fields)),
    handle: async (scope, { body }) => {
      await requireTeamChannel(scope, body.channel);
      const { tx, tenant, now } = scope;
      return addSubscription(tx, tenant.id, inTimeZone(body, tenant), now);
    },
  }),
  operation({
    id: 'getSubscription',
    method: 'get',
    path: '/subscriptions/{id}',
    summary: 'One subscription',
    permission: 'read',
    answer: subscription,
    handle: async ({ tx, tenant }, { params }) => getSubscription(tx, tenant.id, params.id),
  }),
  operation({
    id: 'changeSubscription',
    method: 'patch',
    path: '/subscriptions/{id}',
    summary: 'Change a subscription; what is left out stays',
    permission: 'work',
    body: subscriptionChange,
    answer: subscription,
    readForm: (fields) => bodyFromForm(subscriptionChange, withoutLoneZone(fields)),
    handle: async (scope, { params, body }) => {
      await requireTeamChannel(scope, body.channel);
      const { tx, tenant } = scope;
      return changeSubscription(tx, tenant.id, params.id, inTimeZone(body, tenant));
    },
  }),
  operation({
    id: 'removeSubscription',
    method: 'delete',
    path: '/subscriptions/{id}',
    summary: 'Remove a subscription',
    permission: 'work',
    answer: subscription,
    handle: async ({ tx, tenant }, { params }) => {
      const removed = await getSubscription(tx, tenant.id, params.id);
      await removeSubscription(tx, tenant.id, params.id);
      return removed;
    },
  }),
];

const muteAnswer = z
  .object({
    subscription: z.string(),
    user: z.string(),
    userName: z.string(),
    pattern: z.string(),
    level: z.enum(['responder', 'interested']),
    group: z.string(),
    groupName: z.string(),
    mutedAt: z.date(),
  })
  .meta({ id: 'Mute' });

/** @throws Invalid for a token, which stands for no person */
function personOf({ actor }: Scope): UserId {
  if (!actor.userId) {
    throw new Invalid([{ field: 'authorization', message: 'A token stands for no person: sign in.' }]);
  }
  return actor.userId as UserId;
}

const muteOperations = [
  operation({
    id: 'listMutes',
    method: 'get',
    path: '/mutes',
    summary: 'Who wants no notices by which subscription of their groups',
    permission: 'read',
    answer: whole(muteAnswer),
    handle: async ({ tx, tenant }) => ({ items: await listMutes(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'muteSubscription',
    method: 'post',
    path: '/subscriptions/{id}/mute',
    summary: 'Want no notices by it; the others of the group go on hearing',
    permission: 'read',
    answer: subscription,
    handle: async (scope, { params }) => {
      const { tx, tenant, now } = scope;
      const found = await getSubscription(tx, tenant.id, params.id);
      await mute(tx, tenant.id, personOf(scope), [found.id], now);
      return found;
    },
  }),
  operation({
    id: 'hearSubscription',
    method: 'delete',
    path: '/subscriptions/{id}/mute',
    summary: 'Want notices by it again',
    permission: 'read',
    answer: subscription,
    handle: async (scope, { params }) => {
      const { tx, tenant } = scope;
      await hearAgain(tx, tenant.id, personOf(scope), params.id);
      return getSubscription(tx, tenant.id, params.id);
    },
  }),
];

export const subscriptionOperations = [...patternOperations, ...muteOperations];
