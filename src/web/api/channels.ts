/** Channels: those of the team, and those that a person has of their own. What is secret is taken and never given. */
import { z } from 'zod';
import type { Permission } from '../../accounts/role.ts';
import { inTenant } from '../../db/transaction.ts';
import type { UserId } from '../../kernel/ids.ts';
import { KIND_NAMES, STEPS, type KindName } from '../../outbound/channels/channel-kind.ts';
import {
  addChannel,
  changeChannel,
  getChannel,
  listChannels,
  openSettings,
  openSettingsOrNone,
  removeChannel,
  type Channel,
} from '../../outbound/channels/channels.ts';
import { KINDS } from '../../outbound/channels/index.ts';
import {
  listSecrets,
  mergeSettings,
  readSettings,
  withoutSecrets,
} from '../../outbound/channels/settings-of-kind.ts';
import { testChannel } from '../../outbound/channels/test-channel.ts';
import { requireUntold } from '../../outbound/escalation/policies.ts';
import { wordTest } from '../../outbound/wording/test-notice.ts';
import { operation, whole, type Operation, type Scope } from '../operation.ts';
import { severity } from '../schemas/event.ts';
import { takeTestTurn } from '../test-turns.ts';
import { requirePerson } from './my-notices.ts';

const settingValue = z.union([z.string(), z.number()]);

const channel = z
  .object({
    id: z.string(),
    kind: z.enum(KIND_NAMES),
    name: z.string(),
    target: z.string().describe('Where it goes, as people may read it.'),
    severityFloor: severity.nullable().describe("A person's own takes what is at least so severe."),
    settings: z.record(z.string(), settingValue).describe('Without the secrets.'),
    secrets: z.array(z.string()).describe('Names of the secrets that are set.'),
    createdAt: z.date(),
    lastSentAt: z.date().nullable(),
    lastError: z.string().nullable().describe('Of the last try, if it failed.'),
    failingSince: z.date().nullable().describe('Set while people are told by mail instead.'),
  })
  .meta({ id: 'Channel' });

function describeSettings(): string {
  return KIND_NAMES.map((kind) => {
    const fields = KINDS[kind].fields.map(({ name, isRequired }) => `${name}${isRequired ? '' : '?'}`);
    return `${kind}: ${fields.join(', ')}`;
  }).join('; ');
}

const fields = {
  name: z.string().trim().min(1, 'Give the channel a name.').max(100),
  severityFloor: severity.nullable().optional(),
  settings: z
    .record(z.string().max(100), z.union([settingValue, z.null()]))
    .describe(`By kind: ${describeSettings()}.`),
};

const channelInput = z.object({ kind: z.enum(KIND_NAMES), ...fields });
const channelChange = z.object(fields).partial();

export const channelTestResult = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.enum(STEPS),
      status: z.enum(['ok', 'failed', 'not reached']),
      detail: z.string(),
    }),
  ),
});

/** With what of its settings may be read. */
export async function showChannel(
  { tx, tenant, services }: Scope,
  shown: Channel,
): Promise<z.input<typeof channel>> {
  const settings = await openSettingsOrNone(tx, tenant.id, shown.id, services.secrets);
  const kind = KINDS[shown.kind];
  return { ...shown, settings: withoutSecrets(kind, settings), secrets: listSecrets(kind, settings) };
}

interface Family {
  path: '/channels' | '/me/channels';
  /** In the ids of the operations: `addChannel`, `addMyChannel`. */
  noun: string;
  whose: string;
  write: Permission;
  owner: (scope: Scope) => UserId | null;
}

/** Names of settings that a form's return must not carry. */
function secretsIn(typed: Record<string, unknown>): string[] {
  const kind = KIND_NAMES.find((one) => one === (typed['kind'] ?? typed['_kind']));
  return kind ? KINDS[kind].fields.filter(({ isSecret }) => isSecret).map(({ name }) => name) : [];
}

function operationsOf({ path, noun, whose, write, owner }: Family): Operation[] {
  return [
    operation({
      id: `list${noun}s`,
      method: 'get',
      path,
      summary: `Channels ${whose}, and how they are doing`,
      permission: 'read',
      answer: whole(channel),
      handle: async (scope) => {
        const found = await listChannels(scope.tx, scope.tenant.id, owner(scope));
        const items: z.input<typeof channel>[] = [];
        for (const one of found) items.push(await showChannel(scope, one));
        return { items, nextCursor: null };
      },
    }),
    operation({
      id: `add${noun}`,
      method: 'post',
      path,
      summary: `Add a channel ${whose}; nothing is sent yet`,
      permission: write,
      body: channelInput,
      answer: channel,
      creates: true,
      secretsIn,
      handle: async (scope, { body }) => {
        const { tx, tenant, now, services } = scope;
        return showChannel(scope, await addChannel(tx, tenant.id, owner(scope), body, services.secrets, now));
      },
    }),
    // Before the paths with an id: for forms, /channels/{id} would take it.
    operation({
      id: `testNew${noun}`,
      method: 'post',
      path: `${path}/test`,
      summary: 'Send a test with these settings without storing them; the answer says how far it came',
      permission: write,
      waitsForOthers: true,
      showsAnswer: true,
      body: channelInput,
      answer: channelTestResult,
      secretsIn,
      handle: async (scope, { body }) => {
        owner(scope);
        const kind = KINDS[body.kind];
        return runTest(scope, body.kind, mergeSettings(kind, {}, body.settings));
      },
    }),
    operation({
      id: `get${noun}`,
      method: 'get',
      path: `${path}/{id}`,
      summary: 'One channel',
      permission: 'read',
      answer: channel,
      handle: async (scope, { params }) =>
        showChannel(scope, await getChannel(scope.tx, scope.tenant.id, owner(scope), params.id)),
    }),
    operation({
      id: `change${noun}`,
      method: 'patch',
      path: `${path}/{id}`,
      summary: 'Change a channel; secrets that are left out or empty stay, null removes one',
      permission: write,
      body: channelChange,
      answer: channel,
      secretsIn,
      handle: async (scope, { params, body }) => {
        const { tx, tenant, services } = scope;
        return showChannel(
          scope,
          await changeChannel(tx, tenant.id, owner(scope), params.id, body, services.secrets),
        );
      },
    }),
    operation({
      id: `remove${noun}`,
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Remove a channel; what waits for it is not sent',
      permission: write,
      answer: channel,
      handle: async (scope, { params }) => {
        const { tx, tenant } = scope;
        const removed = await showChannel(scope, await getChannel(tx, tenant.id, owner(scope), params.id));
        await requireUntold(tx, tenant.id, 'channel', removed.id);
        await removeChannel(tx, tenant.id, owner(scope), params.id);
        return removed;
      },
    }),
    operation({
      id: `test${noun}`,
      method: 'post',
      path: `${path}/{id}/test`,
      summary: 'Send a test to a channel as it is stored, or with the changes that are sent along',
      permission: write,
      waitsForOthers: true,
      showsAnswer: true,
      body: channelChange,
      answer: channelTestResult,
      secretsIn,
      handle: async (scope, { params, body }) => {
        const { tenant, services } = scope;
        const { kind, settings } = await inTenant(services.database, tenant.id, async (tx) => {
          const stored = await getChannel(tx, tenant.id, owner(scope), params.id);
          return {
            kind: stored.kind,
            settings: await openSettings(tx, tenant.id, stored.id, services.secrets),
          };
        });
        const tested = body.settings ? mergeSettings(KINDS[kind], settings, body.settings) : settings;
        return runTest(scope, kind, readSettings(KINDS[kind], tested));
      },
    }),
  ];
}

async function runTest(
  { tenant, actor, now, services }: Scope,
  kind: KindName,
  settings: ReturnType<typeof readSettings>,
): Promise<z.input<typeof channelTestResult>> {
  await takeTestTurn(tenant.id);
  const { guard, mail, addresses } = services;
  const { baseUrl, mailDomain } = addresses();
  const message = wordTest({ who: actor.name, tenantName: tenant.name, baseUrl });
  const steps = await testChannel(kind, settings, { message, mailDomain }, { guard, mail, now });
  return { ok: steps.every(({ status }) => status === 'ok'), steps };
}

export const channelOperations = [
  ...operationsOf({
    path: '/channels',
    noun: 'Channel',
    whose: 'of the team',
    write: 'administer',
    owner: () => null,
  }),
  ...operationsOf({
    path: '/me/channels',
    noun: 'MyChannel',
    whose: 'of whoever asks',
    write: 'read',
    owner: requirePerson,
  }),
];
