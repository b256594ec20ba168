/**
 * Rules that engineers write: a condition over one mail, and what it decides when it holds (semantics §4). The
 * schemas here validate the API, the forms and what is read back from the database.
 */
import { z } from 'zod';
import { SafeRegex } from '../../kernel/safe-regex.ts';
import { describeError } from '../../kernel/errors.ts';
import type { RuleId } from '../../kernel/ids.ts';
import { PERIODS } from '../../kernel/calendar.ts';
import { MAIL_STATES } from '../../events/mail-state.ts';
import { SEVERITIES } from '../../events/severity.ts';

export const FIELDS = [
  'subject',
  'body',
  'from',
  'to',
  'header',
  'source',
  'attachment',
  'org',
  'severity',
] as const;
export type Field = (typeof FIELDS)[number];

export const OPERATORS = ['contains', 'equals', 'regex'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Comparison {
  field: Field;
  /** The header's name, when field is `header`. */
  header?: string;
  op: Operator;
  value: string;
}

export type Condition = Comparison | { all: Condition[] } | { any: Condition[] } | { not: Condition };

/** A tree deeper or wider than this was made by a program, or to keep ours busy. */
const DEEPEST = 6;
const MOST_COMPARISONS = 50;

export const comparisonSchema: z.ZodType<Comparison> = z
  .object({
    field: z.enum(FIELDS).describe('`source` is the host the mail came from.'),
    header: z.string().max(100).optional().describe('Name of the header, with field `header`.'),
    op: z.enum(OPERATORS),
    value: z.string().max(2000),
  })
  .strict()
  .superRefine((one, context) => {
    if (one.field === 'header' && !one.header?.trim()) {
      context.addIssue({ code: 'custom', path: ['header'], message: 'Name the header.' });
    }
    if (one.op !== 'equals' && one.value === '') {
      context.addIssue({
        code: 'custom',
        path: ['value'],
        message: 'Give a value: an empty one matches every mail.',
      });
    }
    if (one.op !== 'regex') return;
    try {
      SafeRegex.compile(one.value);
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['value'], message: describeError(error) });
    }
  });

export const conditionSchema: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      comparisonSchema,
      z.object({ all: z.array(conditionSchema).min(1) }).strict(),
      z.object({ any: z.array(conditionSchema).min(1) }).strict(),
      z.object({ not: conditionSchema }).strict(),
    ]),
  )
  .meta({ id: 'Condition' });

export const scheduleSchema = z.object({
  period: z.enum(PERIODS).describe('A month is 30 days.'),
  n: z.number().int().min(1).max(10_000),
  variance: z.number().int().min(0).max(10_000).default(0),
});

const ORG_TEMPLATE = /^([a-z0-9_-]|\$\{\w+\})+(\.([a-z0-9_-]|\$\{\w+\})+)*$/i;
const SERVER_TEMPLATE = /^([a-z0-9_.-]|\$\{\w+\})+$/i;

export const actionsSchema = z
  .object({
    severity: z.enum(SEVERITIES).optional(),
    org: z
      .string()
      .max(200)
      .regex(ORG_TEMPLATE, 'Use a path such as shop.frontend; ${name} stands for a named group.')
      .optional(),
    servers: z
      .array(z.string().max(253).regex(SERVER_TEMPLATE, 'Use host names; ${name} stands for a named group.'))
      .max(20)
      .optional(),
    state: z.enum(MAIL_STATES).optional(),
    schedule: scheduleSchema.optional(),
    noise: z.boolean().optional(),
  })
  .strict()
  .refine((actions) => Object.keys(actions).length > 0, {
    message: 'A rule must decide something: severity, org, servers, state, schedule or noise.',
  });

export type Actions = z.infer<typeof actionsSchema>;

export interface Rule {
  id: RuleId;
  position: number;
  name: string;
  condition: Condition;
  actions: Actions;
  isEnabled: boolean;
  hits: number;
  lastHitAt: Date | null;
  createdBy: string;
  updatedAt: Date;
}

/** @returns what is too much about the tree, or null */
export function findExcess(condition: Condition): string | null {
  const { depth, comparisons } = measure(condition);
  if (depth > DEEPEST) return `Conditions are nested deeper than ${DEEPEST} levels.`;
  if (comparisons > MOST_COMPARISONS) return `There are more than ${MOST_COMPARISONS} comparisons.`;
  return null;
}

function measure(condition: Condition): { depth: number; comparisons: number } {
  if ('field' in condition) return { depth: 1, comparisons: 1 };
  const parts = partsOf(condition).map(measure);
  return {
    depth: 1 + Math.max(...parts.map(({ depth }) => depth)),
    comparisons: parts.reduce((sum, { comparisons }) => sum + comparisons, 0),
  };
}

export function partsOf(condition: Exclude<Condition, Comparison>): Condition[] {
  if ('all' in condition) return condition.all;
  return 'any' in condition ? condition.any : [condition.not];
}
