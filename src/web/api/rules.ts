/** Classification rules: kept in an order, tried before they are saved. */
import { z } from 'zod';
import { getRawMail } from '../../inbound/mails.ts';
import { readMail } from '../../inbound/parse/read-mail.ts';
import { SEVERITIES } from '../../events/severity.ts';
import { backtest } from '../../triage/rules/backtest.ts';
import { actionsSchema, conditionSchema } from '../../triage/rules/rule.ts';
import { addRule, changeRule, getRule, listRules, orderRules, removeRule } from '../../triage/rules/store.ts';
import { operation } from '../operation.ts';

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
  isComplete: z.boolean(),
  samples: z.array(
    z.object({
      mseId: z.string(),
      subject: z.string(),
      receivedAt: z.date(),
      before: outcome,
      after: outcome,
    }),
  ),
});

export const ruleOperations = [
  operation({
    id: 'listRules',
    method: 'get',
    path: '/rules',
    summary: 'Rules in their order',
    permission: 'read',
    answer: z.object({ items: z.array(rule), nextCursor: z.null() }),
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
    handle: async ({ tx, tenant, actor, now }, { body }) => addRule(tx, tenant.id, body, actor.name, now),
  }),

  operation({
    id: 'backtestRule',
    method: 'post',
    path: '/rules/backtest',
    summary: 'What a rule would do to the mails that are stored; stores nothing',
    permission: 'read',
    body: z.object({ condition: conditionSchema, actions: actionsSchema }),
    answer: backtestResult,
    handle: async ({ tx, tenant, services }, { body }) =>
      backtest(
        tx,
        tenant.id,
        body,
        async (mseId) => readMail(await getRawMail(tx, tenant.id, mseId)),
        services.clock,
      ),
  }),

  operation({
    id: 'orderRules',
    method: 'post',
    path: '/rules/order',
    summary: 'Put rules in this order; those left out follow in theirs',
    permission: 'work',
    body: z.object({ rules: z.array(z.uuid()).max(1000) }),
    answer: z.object({ items: z.array(rule), nextCursor: z.null() }),
    handle: async ({ tx, tenant }, { body }) => ({
      items: await orderRules(tx, tenant.id, body.rules),
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
    handle: async ({ tx, tenant, now }, { params, body }) => changeRule(tx, tenant.id, params.id, body, now),
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
