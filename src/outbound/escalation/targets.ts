/** Whom the steps of a policy mean, at an instant: groups, whoever of a rota is on call, people, channels of the team. */
import { listGroups } from '../../accounts/groups.ts';
import { listMembers, type Member } from '../../accounts/users.ts';
import type { Tx } from '../../db/transaction.ts';
import type { ChannelId, TenantId, UserId } from '../../kernel/ids.ts';
import { keyOf, type Told } from '../audience/told.ts';
import { listChannels, listChannelsOf } from '../channels/channels.ts';
import { nextHandOver, onCallAt } from '../rota/on-call.ts';
import type { Rota } from '../rota/rota.ts';
import { listRotas } from '../rota/store.ts';
import type { Target } from './policy.ts';

/** What a tenant's targets may mean, loaded once for many steps. */
export interface Targets {
  groups: ReadonlyMap<string, { name: string; users: readonly UserId[] }>;
  rotas: ReadonlyMap<string, Rota>;
  people: ReadonlyMap<string, { name: string; email: string }>;
  channels: ReadonlyMap<string, { name: string; isDown: boolean }>;
  /** People whose mail came back, and who have no channel that works. */
  unreachable: ReadonlySet<string>;
}

export async function loadTargets(tx: Tx, tenantId: TenantId): Promise<Targets> {
  const groups = await listGroups(tx, tenantId);
  const rotas = await listRotas(tx, tenantId);
  const members = await listMembers(tx, tenantId);
  const channels = await listChannels(tx, tenantId, null);
  return {
    groups: new Map(groups.map(({ id, name, users }) => [id, { name, users }])),
    rotas: new Map(rotas.map((rota) => [rota.id, rota])),
    people: new Map(members.map(({ id, name, email }) => [id, { name, email }])),
    channels: new Map(
      channels.map(({ id, name, failingSince }) => [id, { name, isDown: failingSince !== null }]),
    ),
    unreachable: await findUnreachable(tx, tenantId, members),
  };
}

async function findUnreachable(tx: Tx, tenantId: TenantId, members: readonly Member[]): Promise<Set<string>> {
  const people = members.filter(({ unreachableReason }) => unreachableReason !== null).map(({ id }) => id);
  const channels = await listChannelsOf(tx, tenantId, { channels: [], people });
  const reachable = new Set(
    channels.filter(({ failingSince }) => failingSince === null).map(({ userId }) => userId),
  );
  return new Set(people.filter((id) => !reachable.has(id)));
}

/** Null when it was removed. */
export function nameOf({ kind, id }: Target, { groups, rotas, people, channels }: Targets): string | null {
  const of = { group: groups, rota: rotas, user: people, channel: channels };
  return of[kind].get(id)?.name ?? null;
}

export interface Reached {
  target: Target;
  /** Null when it was removed: it reaches nobody. */
  name: string | null;
  told: Told[];
  /** Who of them is tried only: their mail came back. */
  unreachable: readonly string[];
  /** When somebody else is on call; null where that never is. */
  until: Date | null;
}

export function reach(target: Target, targets: Targets, at: Date): Reached {
  const rota = target.kind === 'rota' ? targets.rotas.get(target.id) : undefined;
  const told = toldBy(target, targets, at);
  return {
    target,
    name: nameOf(target, targets),
    told,
    unreachable: told.map(keyOf).filter((key) => targets.unreachable.has(key)),
    until: rota ? (nextHandOver(rota, at)?.from ?? null) : null,
  };
}

function toldBy(target: Target, targets: Targets, at: Date): Told[] {
  const channel = target.kind === 'channel' ? targets.channels.get(target.id) : undefined;
  // One that is down reaches nobody, and the next step need not wait for it.
  if (channel) return channel.isDown ? [] : [{ userId: null, channelId: target.id as ChannelId }];
  const users = usersOf(target, targets, at).filter((id) => targets.people.has(id));
  return users.map((userId) => ({ userId, channelId: null }));
}

function usersOf({ kind, id }: Target, { groups, rotas }: Targets, at: Date): UserId[] {
  switch (kind) {
    case 'group':
      return [...(groups.get(id)?.users ?? [])];
    case 'user':
      return [id as UserId];
    case 'rota': {
      const rota = rotas.get(id);
      const onCall = rota && onCallAt(rota, at);
      return onCall ? [onCall] : [];
    }
    case 'channel':
      return [];
  }
}
