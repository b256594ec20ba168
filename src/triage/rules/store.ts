/** The rules of a tenant, in their order. */
import { Invalid, NotFound } from '../../kernel/errors.ts';
import { newId, type RuleId, type TenantId } from '../../kernel/ids.ts';
import { RuleEntity, type RuleRow } from '../../db/entities/rule.entity.ts';
import { affected, oneRow, type Tx } from '../../db/transaction.ts';
import { findExcess, type Actions, type Condition, type Rule } from './rule.ts';

export interface RuleInput {
  name: string;
  condition: Condition;
  actions: Actions;
  isEnabled?: boolean;
}

/** Each mail is held against every rule: more would make triage slow for the whole tenant. */
const MOST_RULES = 1000;

export async function listRules(tx: Tx, tenantId: TenantId): Promise<Rule[]> {
  const found = await tx
    .getRepository(RuleEntity)
    .find({ where: { tenantId }, order: { position: 'ASC', id: 'ASC' } });
  return found.map(asRule);
}

/** @throws NotFound */
export async function getRule(tx: Tx, tenantId: TenantId, id: string): Promise<Rule> {
  const found = await tx.getRepository(RuleEntity).findOneBy({ tenantId, id: id as RuleId });
  if (!found) throw new NotFound('rule');
  return asRule(found);
}

/** Appends a rule at the end of the order. @throws Invalid */
export async function addRule(
  tx: Tx,
  tenantId: TenantId,
  input: RuleInput,
  author: string,
  now: Date,
): Promise<Rule> {
  requireReasonable(input);
  const last = await oneRow<{ position: number | null; count: string }>(
    tx,
    'select max(position) as position, count(*) as count from rules where tenant_id = $1',
    [tenantId],
  );
  if (Number(last?.count) >= MOST_RULES) {
    throw new Invalid([
      { field: 'rules', message: `There are ${MOST_RULES} rules already; remove some first.` },
    ]);
  }
  const id = newId<RuleId>(now);
  await tx.getRepository(RuleEntity).insert({
    tenantId,
    id,
    position: (last?.position ?? 0) + 1,
    name: input.name.trim(),
    condition: input.condition as object,
    actions: input.actions,
    isEnabled: input.isEnabled ?? true,
    hits: '0',
    lastHitAt: null,
    createdBy: author,
    createdAt: now,
    updatedAt: now,
  });
  return getRule(tx, tenantId, id);
}

/** @throws NotFound, Invalid */
export async function changeRule(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  input: Partial<RuleInput>,
  now: Date,
): Promise<Rule> {
  const present = await getRule(tx, tenantId, id);
  const next = {
    name: input.name?.trim() ?? present.name,
    condition: input.condition ?? present.condition,
    actions: input.actions ?? present.actions,
    isEnabled: input.isEnabled ?? present.isEnabled,
  };
  requireReasonable(next);
  await tx
    .getRepository(RuleEntity)
    .update({ tenantId, id: present.id }, { ...next, condition: next.condition, updatedAt: now });
  return getRule(tx, tenantId, id);
}

function requireReasonable(input: RuleInput): void {
  if (!input.name.trim()) throw new Invalid([{ field: 'name', message: 'Give the rule a name.' }]);
  const excess = findExcess(input.condition);
  if (excess) throw new Invalid([{ field: 'condition', message: excess }]);
}

/** @throws NotFound */
export async function removeRule(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from rules where tenant_id = $1 and id = $2', [tenantId, id]);
  if (removed === 0) throw new NotFound('rule');
}

/** Sets the order: the given rules come first in the order given, the others behind in theirs. @throws NotFound */
export async function orderRules(tx: Tx, tenantId: TenantId, ids: string[]): Promise<Rule[]> {
  const present = await listRules(tx, tenantId);
  const known = new Set<string>(present.map(({ id }) => id));
  if (ids.some((id) => !known.has(id))) throw new NotFound('rule among those given');
  const rest = present.map(({ id }) => id as string).filter((id) => !ids.includes(id));
  await affected(
    tx,
    `update rules set position = o.position
     from unnest($2::uuid[]) with ordinality as o (id, position)
     where rules.tenant_id = $1 and rules.id = o.id`,
    [tenantId, [...new Set(ids), ...rest]],
  );
  return listRules(tx, tenantId);
}

/** Swaps a rule with its neighbour; the first does not go up, nor the last down. @throws NotFound */
export async function moveRule(tx: Tx, tenantId: TenantId, id: string, move: 'up' | 'down'): Promise<Rule[]> {
  const ids: string[] = (await listRules(tx, tenantId)).map((rule) => rule.id);
  const at = ids.indexOf(id);
  if (at < 0) throw new NotFound('rule');
  const to = Math.min(Math.max(at + (move === 'up' ? -1 : 1), 0), ids.length - 1);
  ids.splice(to, 0, ...ids.splice(at, 1));
  return orderRules(tx, tenantId, ids);
}

/** Counts matches of one batch. */
export async function recordHits(
  tx: Tx,
  tenantId: TenantId,
  hits: ReadonlyMap<string, number>,
  now: Date,
): Promise<void> {
  if (hits.size === 0) return;
  await affected(
    tx,
    `update rules set hits = rules.hits + h.hits, last_hit_at = $4
     from unnest($2::uuid[], $3::integer[]) as h (id, hits)
     where rules.tenant_id = $1 and rules.id = h.id`,
    [tenantId, [...hits.keys()], [...hits.values()], now],
  );
}

function asRule(row: RuleRow): Rule {
  return {
    id: row.id,
    position: row.position,
    name: row.name,
    // Written through the schemas of rule.ts, and nothing else writes the table.
    condition: row.condition as Condition,
    actions: row.actions as Actions,
    isEnabled: row.isEnabled,
    hits: Number(row.hits),
    lastHitAt: row.lastHitAt,
    createdBy: row.createdBy,
    updatedAt: row.updatedAt,
  };
}
