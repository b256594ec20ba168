/** Classification rules: kept in an order, tried before they are saved. */
import { z } from 'zod';
import { getRawMail } from '../../inbound/mails.ts';
import { readMail } from '../../inbound/parse/read-mail.ts';
import { SEVERITIES } from '../../events/severity.ts';
import { Invalid } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import { backtest, type Backtest, type BacktestResult } from '../../triage/rules/backtest.ts';
import { actionsSchema, conditionSchema } from '../../triage/rules/rule.ts';
import {
  addRule,
  changeRule,
  getRule,
  listRules,
  moveRule,
  orderRules,
  removeRule,
} from '../../triage/rules/store.ts';
import { operation, type Scope, whole } from '../operation.ts';
import { ruleFromForm } from '../rule-form.ts';

const rule = z
  .object({
    id: z.string(),
    position: z.number().int(),
    name: z.string(),
    condition: conditionSchema,
    actions: z.record(z.string(), z.unknown()),
    isEnabled: z.boolean(),
    hits: z.number().int(),
    lastHitAt: z.date().nullable(),
    createdBy: z.string(),
    updatedAt: z.date(),
  })
  .meta({ id: 'Rule' });

const ruleInput = z.object({
  name: z.string().trim().min(1, 'Give the rule a name.').max(200),
  condition: conditionSchema,
  actions: actionsSchema,
  isEnabled: z.boolean().optional(),
  mayLower: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe(
      'How many stored criticals the rule may lower or hide; refused when a backtest finds more. Not checked when left out.',
    ),
});

const outcome = z.object({
  severity: z.enum(SEVERITIES).nullable(),
  org: z.string().nullable(),
  servers: z.array(z.string()),
  noise: z.boolean(),
});

export const backtestResult = z.object({
  examined: z.number().int(),
  matched: z.number().int(),
  changed: z.number().int(),
  hiddenCriticals: z.number().int().describe('Criticals that would be lowered or hidden.'),
  silenced: z.number().int().describe('Mails that would become noise.'),
  classified: z.number().int().describe('Mails without severity or org that would have both.'),
  isComplete: z.boolean(),
  samples: z.array(
    z.object({
      mseId: z.string(),
      subject: z.string(),
      from: z.string(),
      receivedAt: z.date(),
      before: outcome,
      after: outcome,
    }),
  ),
});

/** What the rule would do to the mails that are stored. */
export async function tryOnStoredMails(
  { tx, tenant, services }: Scope,
  rule: Backtest,
): Promise<BacktestResult> {
  const readSource = async (mseId: string) => readMail(await getRawMail(tx, tenant.id, mseId));
  return backtest(tx, tenant.id, rule, readSource, services.clock);
}

/** @throws Invalid when more criticals would be lowered than the writer has seen */
async function requireSeen(scope: Scope, rule: Backtest, mayLower: number | undefined): Promise<void> {
  if (mayLower === undefined) return;
  const { hiddenCriticals } = await tryOnStoredMails(scope, rule);
  if (hiddenCriticals <= mayLower) return;
  const mails = hiddenCriticals === 1 ? '1 critical mail' : `${hiddenCriticals} critical mails`;
  throw new Invalid(
    [{ field: 'mayLower', message: `${mails} would be lowered or hidden.` }],
    `Not saved: ${mails} would be lowered or hidden. Look at them below and confirm that this is meant.`,
  );
}

export const ruleOperations = [
  operation({
    id: 'listRules',
    method: 'get',
    path: '/rules',
    summary: 'Rules in their order',
    permission: 'read',
    answer: whole(rule),
    handle: async ({ tx, tenant }) => ({ items: await listRules(tx, tenant.id), nextCursor: null }),
  }),

  operation({
    id: 'addRule',
    method: 'post',
    path: '/rules',
    summary: 'Add a rule behind the others',
    permission: 'work',
    body: ruleInput,
    answer: rule,
    creates: true,
    readForm: ruleFromForm,
    handle: async (scope, { body: { mayLower, ...body } }) => {
      await requireSeen(scope, body, mayLower);
      return addRule(scope.tx, scope.tenant.id, body, scope.actor.name, scope.now);
    },
  }),

  operation({
    id: 'backtestRule',
    method: 'post',
    path: '/rules/backtest',
    summary: 'What a rule would do to the mails that are stored; stores nothing',
    permission: 'read',
    body: z.object({ condition: conditionSchema, actions: actionsSchema }),
    answer: backtestResult,
    handle: async (scope, { body }) => tryOnStoredMails(scope, body),
  }),

  operation({
    id: 'orderRules',
    method: 'post',
    path: '/rules/order',
    summary: 'Put rules in this order, those left out follow in theirs; or move one rule by one place',
    permission: 'work',
    body: z.union([
      z.object({ rules: z.array(z.uuid()).max(1000) }),
      z.object({ rule: z.uuid(), move: z.enum(['up', 'down']) }),
    ]),
    answer: whole(rule),
    handle: async ({ tx, tenant }, { body }) => ({
      items:
        'rules' in body
          ? await orderRules(tx, tenant.id, body.rules)
          : await moveRule(tx, tenant.id, body.rule, body.move),
      nextCursor: null,
    }),
  }),

  operation({
    id: 'getRule',
    method: 'get',
    path: '/rules/{id}',
    summary: 'One rule',
    permission: 'read',
    answer: rule,
    handle: async ({ tx, tenant }, { params }) => getRule(tx, tenant.id, params.id),
  }),

  operation({
    id: 'changeRule',
    method: 'patch',
    path: '/rules/{id}',
    summary: 'Change a rule; what is left out stays',
    permission: 'work',
    body: ruleInput.partial(),
    answer: rule,
    readForm: ruleFromForm,
    handle: async (scope, { params, body: { mayLower, ...body } }) => {
      const { tx, tenant, now } = scope;
      await requireSeen(scope, { ...(await getRule(tx, tenant.id, params.id)), ...given(body) }, mayLower);
      return changeRule(tx, tenant.id, params.id, body, now);
    },
  }),

  operation({
    id: 'removeRule',
    method: 'delete',
    path: '/rules/{id}',
    summary: 'Remove a rule; what it classified stays',
    permission: 'work',
    answer: rule,
    handle: async ({ tx, tenant }, { params }) => {
      const removed = await getRule(tx, tenant.id, params.id);
      await removeRule(tx, tenant.id, params.id);
      return removed;
    },
  }),
];
