/** Whom the steps of a policy mean, at an instant: groups, whoever of a rota is on call, people. */
import { listGroups } from '../../accounts/groups.ts';
import { listMembers } from '../../accounts/users.ts';
import type { Tx } from '../../db/transaction.ts';
import type { TenantId, UserId } from '../../kernel/ids.ts';
import { nextHandOver, onCallAt } from '../rota/on-call.ts';
import type { Rota } from '../rota/rota.ts';
import { listRotas } from '../rota/store.ts';
import type { Target } from './policy.ts';

/** What a tenant's targets may mean, loaded once for many steps. */
export interface Targets {
  groups: ReadonlyMap<string, { name: string; users: readonly UserId[] }>;
  rotas: ReadonlyMap<string, Rota>;
  people: ReadonlyMap<string, { name: string; email: string }>;
}

export async function loadTargets(tx: Tx, tenantId: TenantId): Promise<Targets> {
  const groups = await listGroups(tx, tenantId);
  const rotas = await listRotas(tx, tenantId);
  const members = await listMembers(tx, tenantId);
  return {
    groups: new Map(groups.map(({ id, name, users }) => [id, { name, users }])),
    rotas: new Map(rotas.map((rota) => [rota.id, rota])),
    people: new Map(members.map(({ id, name, email }) => [id, { name, email }])),
  };
}

/** Null when it was removed. */
export function nameOf({ kind, id }: Target, { groups, rotas, people }: Targets): string | null {
  const of = { group: groups, rota: rotas, user: people };
  return of[kind].get(id)?.name ?? null;
}

export interface Reached {
  target: Target;
  /** Null when it was removed: it reaches nobody. */
  name: string | null;
  users: UserId[];
  /** When somebody else is on call; null where that never is. */
  until: Date | null;
}

export function reach(target: Target, targets: Targets, at: Date): Reached {
  const name = nameOf(target, targets);
  const rota = target.kind === 'rota' ? targets.rotas.get(target.id) : undefined;
  const until = rota ? (nextHandOver(rota, at)?.from ?? null) : null;
  const users = usersOf(target, targets, at).filter((id) => targets.people.has(id));
  return { target, name, users, until };
}

function usersOf({ kind, id }: Target, { groups, rotas, people }: Targets, at: Date): UserId[] {
  switch (kind) {
    case 'group':
      return [...(groups.get(id)?.users ?? [])];
    case 'user':
      return people.has(id) ? [id as UserId] : [];
    case 'rota': {
      const rota = rotas.get(id);
      const onCall = rota && onCallAt(rota, at);
      return onCall ? [onCall] : [];
    }
  }
}
