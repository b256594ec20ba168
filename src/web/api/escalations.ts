/** Escalation policies: whom to tell when nobody takes an event, and when to remind who has one. */
import { z } from 'zod';
import { given } from '../../kernel/given.ts';
import { describeStep } from '../../outbound/escalation/describe.ts';
import {
  addPolicy,
  changePolicy,
  getPolicy,
  listPolicies,
  removePolicy,
} from '../../outbound/escalation/policies.ts';
import { TARGET_KINDS, type EscalationPolicy } from '../../outbound/escalation/policy.ts';
import { loadTargets, nameOf, type Targets } from '../../outbound/escalation/targets.ts';
import { bodyFromForm } from '../form-body.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { severity } from '../schemas/event.ts';

const target = z.object({ kind: z.enum(TARGET_KINDS), id: z.string() });

const reminder = z.object({
  afterMinutes: z.number().int().describe('Without a deed of any person.'),
  everyMinutes: z.number().int(),
});

const policy = z
  .object({
    id: z.string(),
    name: z.string(),
    patterns: z.array(z.string()),
    severityFloor: severity,
    steps: z.array(
      z.object({
        afterMinutes: z.number().int(),
        targets: z.array(target.extend({ name: z.string().nullable().describe('Null: it was removed.') })),
        words: z.string(),
      }),
    ),
    repeats: z.number().int(),
    reminder: reminder.nullable(),
  })
  .meta({ id: 'EscalationPolicy' });

const policyInput = z.object({
  name: z.string().trim().min(1, 'Give the policy a name.').max(100),
  patterns: z
    .array(z.string().trim().toLowerCase().max(300))
    .max(50)
    .describe('As in subscriptions. Of several policies the one with the most specific pattern counts.'),
  severityFloor: severity.default('critical'),
  steps: z
    .array(
      z.object({
        afterMinutes: z.number().int().describe('Since nobody has the event, or since the step before.'),
        targets: z.array(target.extend({ id: z.uuid() })).max(20),
      }),
    )
    .max(10)
    .default([]),
  repeats: z.number().int().default(0).describe('How often the steps begin again when all were in vain.'),
  reminder: reminder
    .nullable()
    .default(null)
    .describe('Whoever has an event and does nothing is reminded; null: never.'),
});

/** What is left out stays, and takes no default. */
const policyChange = policyInput
  .extend({
    severityFloor: policyInput.shape.severityFloor.unwrap(),
    steps: policyInput.shape.steps.unwrap(),
    repeats: policyInput.shape.repeats.unwrap(),
    reminder: policyInput.shape.reminder.unwrap(),
  })
  .partial();

/** A form has rows of steps, some of them empty, and targets as `group:ID`. */
function readForm(fields: Record<string, unknown>): Record<string, unknown> {
  const { steps, reminder: reminded, ...rest } = fields;
  const filled = rowsOf(steps)
    .map(({ afterMinutes, targets }) => ({ afterMinutes, targets: textsOf(targets).map(readTarget) }))
    .filter(({ afterMinutes, targets }) => afterMinutes || targets.length > 0);
  const { afterMinutes, everyMinutes } = (reminded ?? {}) as Record<string, unknown>;
  return {
    ...bodyFromForm(policyInput, rest),
    steps: filled.map((step) => ({ ...step, afterMinutes: Number(step.afterMinutes) })),
    reminder: afterMinutes
      ? { afterMinutes: Number(afterMinutes), everyMinutes: Number(everyMinutes || afterMinutes) }
      : null,
  };
}

function rowsOf(steps: unknown): Record<string, unknown>[] {
  return Object.values((steps ?? {}) as Record<string, Record<string, unknown>>);
}

function textsOf(value: unknown): string[] {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one): one is string => typeof one === 'string' && one !== '');
}

function readTarget(text: string): { kind: string; id: string } {
  const [kind = '', id = ''] = text.split(':');
  return { kind, id };
}

export function showPolicy({ steps, ...rest }: EscalationPolicy, targets: Targets) {
  return {
    ...rest,
    steps: steps.map((step) => ({
      afterMinutes: step.afterMinutes,
      targets: step.targets.map((one) => ({ ...one, name: nameOf(one, targets) })),
      words: describeStep(step, targets),
    })),
  };
}

async function show({ tx, tenant }: Scope, id: string) {
  return showPolicy(await getPolicy(tx, tenant.id, id), await loadTargets(tx, tenant.id));
}

export const escalationOperations = [
  operation({
    id: 'listEscalationPolicies',
    method: 'get',
    path: '/escalations',
    summary: 'Escalation policies, by name',
    permission: 'read',
    answer: whole(policy),
    handle: async ({ tx, tenant }) => {
      const targets = await loadTargets(tx, tenant.id);
      const all = await listPolicies(tx, tenant.id);
      return { items: all.map((one) => showPolicy(one, targets)), nextCursor: null };
    },
  }),
  operation({
    id: 'addEscalationPolicy',
    method: 'post',
    path: '/escalations',
    summary: 'Whom to tell when nobody takes an event, for what opens, returns or gets worse from now on',
    permission: 'work',
    body: policyInput,
    answer: policy,
    creates: true,
    readForm,
    handle: async (scope, { body }) =>
      show(scope, (await addPolicy(scope.tx, scope.tenant.id, body, scope.now)).id),
  }),
  operation({
    id: 'getEscalationPolicy',
    method: 'get',
    path: '/escalations/{id}',
    summary: 'One escalation policy',
    permission: 'read',
    answer: policy,
    handle: async (scope, { params }) => show(scope, params.id),
  }),
  operation({
    id: 'changeEscalationPolicy',
    method: 'patch',
    path: '/escalations/{id}',
    summary: 'Change a policy; what is left out stays, and what was not told yet follows the change',
    permission: 'work',
    body: policyChange,
    answer: policy,
    readForm,
    handle: async (scope, { params, body }) => {
      await changePolicy(scope.tx, scope.tenant.id, params.id, given(body), scope.now);
      return show(scope, params.id);
    },
  }),
  operation({
    id: 'removeEscalationPolicy',
    method: 'delete',
    path: '/escalations/{id}',
    summary: 'Remove a policy; its events go over to the one that covers them then',
    permission: 'work',
    answer: policy,
    handle: async (scope, { params }) => {
      const removed = await show(scope, params.id);
      await removePolicy(scope.tx, scope.tenant.id, params.id, scope.now);
      return removed;
    },
  }),
];
