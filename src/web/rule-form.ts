/**
 * The rule editor's form and the API's shape of a rule, one from the other; nobody else knows both. A draft is what
 * stands in the form: it may be unfinished or wrong, and is kept as it was typed.
 */
import { Invalid } from '../kernel/errors.ts';
import { actionsSchema, comparisonSchema, FIELDS, findExcess, OPERATORS } from '../triage/rules/rule.ts';
import type { Actions, Comparison, Condition, Field, Operator } from '../triage/rules/rule.ts';
import { readTags } from '../triage/tags/grammar.ts';
import type { Fields } from './fields.ts';

export interface DraftRow {
  field: Field;
  header: string;
  op: Operator;
  isNegated: boolean;
  value: string;
}

export const JOINS = ['all', 'any', 'none', 'not-all'] as const;
export type Join = (typeof JOINS)[number];

export interface DraftGroup {
  join: Join;
  parts: DraftPart[];
}

export type DraftPart = DraftRow | DraftGroup;

export interface Draft {
  name: string;
  isEnabled: boolean;
  condition: DraftGroup;
  severity: string;
  org: string;
  servers: string;
  state: string;
  schedule: string;
  noise: boolean;
  tryText: string;
  mayLower: string;
}

export const EMPTY_ROW: DraftRow = {
  field: 'subject',
  header: '',
  op: 'contains',
  isNegated: false,
  value: '',
};

export function isGroup(part: DraftPart): part is DraftGroup {
  return 'parts' in part;
}

/** @returns null for fields that are none of the editor's */
export function ruleFromForm(fields: Fields): Record<string, unknown> | null {
  if (!isEditorForm(fields)) return null;
  const draft = readDraft(fields);
  return { ...ruleOf(draft), mayLower: Number(draft.mayLower) || 0 };
}

export function isEditorForm({ condition }: Fields): boolean {
  return isRecord(condition) && 'parts' in condition;
}

export function readDraft(fields: Fields): Draft {
  const text = (name: keyof Draft): string => textOf(fields[name]);
  return {
    name: text('name'),
    isEnabled: text('isEnabled') === 'on',
    condition: readGroup(fields['condition']),
    severity: text('severity'),
    org: text('org'),
    servers: text('servers'),
    state: text('state'),
    schedule: text('schedule'),
    noise: text('noise') === 'on',
    tryText: text('tryText'),
    mayLower: text('mayLower'),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

function readGroup(value: unknown): DraftGroup {
  const { join, parts } = isRecord(value) ? value : {};
  const list = isRecord(parts) ? Object.values(parts) : [];
  return { join: oneOf(JOINS, join) ?? 'all', parts: list.map(readPart) };
}

function readPart(value: unknown): DraftPart {
  if (!isRecord(value)) return EMPTY_ROW;
  if ('join' in value) return readGroup(value);
  const op = textOf(value['op']);
  return {
    field: oneOf(FIELDS, value['field']) ?? 'subject',
    header: textOf(value['header']),
    op: oneOf(OPERATORS, op.replace(/^not-/, '')) ?? 'contains',
    isNegated: op.startsWith('not-'),
    value: textOf(value['value']),
  };
}

/** @throws Invalid for a schedule that cannot be read; all else is left to the schemas of the rule */
export function ruleOf(draft: Draft): {
  name: string;
  isEnabled: boolean;
  condition: Condition;
  actions: Record<string, unknown>;
} {
  return {
    name: draft.name,
    isEnabled: draft.isEnabled,
    condition: conditionOf(draft.condition),
    actions: actionsOf(draft),
  };
}

function conditionOf(part: DraftPart): Condition {
  if (!isGroup(part)) return part.isNegated ? { not: comparisonOf(part) } : comparisonOf(part);
  const inner = part.parts.map(conditionOf);
  const [only] = inner;
  const isPlain = part.join === 'all' || part.join === 'any';
  if (inner.length === 1 && only) return isPlain ? only : { not: only };
  if (isPlain) return part.join === 'all' ? { all: inner } : { any: inner };
  return { not: part.join === 'none' ? { any: inner } : { all: inner } };
}

function comparisonOf({ field, header, op, value }: DraftRow): Comparison {
  return { field, op, value, ...(field === 'header' ? { header: header.trim() } : {}) };
}

function actionsOf({ severity, org, servers, state, schedule, noise }: Draft): Record<string, unknown> {
  const hosts = servers.split(/[\s,]+/).filter(Boolean);
  return {
    ...(severity ? { severity } : {}),
    ...(org.trim() ? { org: org.trim() } : {}),
    ...(hosts.length > 0 ? { servers: hosts } : {}),
    ...(state ? { state } : {}),
    ...(schedule.trim() ? { schedule: readSchedule(schedule) } : {}),
    ...(noise ? { noise: true } : {}),
  };
}

const SCHEDULE_FAULT = 'Write perday-1/0: minute, hour, day, week or month, how many, and ± how many.';

function readSchedule(text: string) {
  const word = text.trim().replace(/^:?(?:sched-)?|:$/g, '');
  const [schedule] = readTags(`:sched-${word}:`).schedules;
  if (!schedule) throw new Invalid([{ field: 'schedule', message: SCHEDULE_FAULT }]);
  return schedule;
}

/** The form filled in from a rule that is stored or proposed. */
export function draftOf(rule: {
  name: string;
  isEnabled?: boolean;
  condition: Condition;
  actions: Actions;
}): Draft {
  const { severity, org, servers, state, schedule, noise } = rule.actions;
  const condition = draftPartOf(rule.condition);
  return {
    name: rule.name,
    isEnabled: rule.isEnabled ?? true,
    condition: isGroup(condition) ? condition : { join: 'all', parts: [condition] },
    severity: severity ?? '',
    org: org ?? '',
    servers: (servers ?? []).join(', '),
    state: state ?? '',
    schedule: schedule ? `per${schedule.period}-${schedule.n}/${schedule.variance}` : '',
    noise: noise ?? false,
    tryText: '',
    mayLower: '',
  };
}

function draftPartOf(condition: Condition): DraftPart {
  if ('field' in condition) {
    return { ...condition, header: condition.header ?? '', isNegated: false };
  }
  if ('all' in condition) return { join: 'all', parts: condition.all.map(draftPartOf) };
  if ('any' in condition) return { join: 'any', parts: condition.any.map(draftPartOf) };
  const inner = draftPartOf(condition.not);
  if (!isGroup(inner)) return { ...inner, isNegated: !inner.isNegated };
  const opposite: Record<Join, Join> = { all: 'not-all', 'not-all': 'all', any: 'none', none: 'any' };
  return { ...inner, join: opposite[inner.join] };
}

/** A button that changes the conditions and saves nothing: `add-row:0.1`, `remove:0`; a path of positions. */
export function editDraft(draft: Draft, edit: string): Draft {
  const [verb, where = ''] = edit.split(':');
  const path = where === '' ? [] : where.split('.').map(Number);
  switch (verb) {
    case 'add-row':
      return { ...draft, condition: changeAt(draft.condition, path, (parts) => [...parts, EMPTY_ROW]) };
    case 'add-group':
      return {
        ...draft,
        condition: changeAt(draft.condition, path, (parts) => [
          ...parts,
          { join: 'any', parts: [EMPTY_ROW, EMPTY_ROW] },
        ]),
      };
    case 'remove': {
      const condition = changeAt(draft.condition, path.slice(0, -1), (parts) =>
        parts.filter((_part, index) => index !== path.at(-1)),
      );
      return { ...draft, condition: withoutEmptyGroups(condition) };
    }
    default:
      return draft;
  }
}

function changeAt(
  group: DraftGroup,
  [first, ...rest]: number[],
  change: (parts: DraftPart[]) => DraftPart[],
): DraftGroup {
  if (first === undefined) return { ...group, parts: change(group.parts) };
  const parts = group.parts.map((part, index) =>
    index === first && isGroup(part) ? changeAt(part, rest, change) : part,
  );
  return { ...group, parts };
}

/** A form without any row would have nothing to type into. */
function withoutEmptyGroups(condition: DraftGroup): DraftGroup {
  const { join, parts } = prune(condition);
  return { join, parts: parts.length > 0 ? parts : [EMPTY_ROW] };
}

function prune({ join, parts }: DraftGroup): DraftGroup {
  const kept = parts
    .map((part) => (isGroup(part) ? prune(part) : part))
    .filter((part) => !isGroup(part) || part.parts.length > 0);
  return { join, parts: kept };
}

/** Messages by the field of the form that they belong to; `rule` for the whole. */
export function findFaults(draft: Draft): Map<string, string> {
  const faults = new Map<string, string>();
  if (!draft.name.trim()) faults.set('name', 'Give the rule a name.');
  const excess = findExcess(conditionOf(draft.condition));
  if (excess) faults.set('rule', excess);
  try {
    const { error } = actionsSchema.safeParse(actionsOf(draft));
    for (const { path, message } of error?.issues ?? []) faults.set(String(path[0] ?? 'rule'), message);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    for (const { field, message } of error.faults) faults.set(field, message);
  }
  return faults;
}

/** What is wrong with one comparison, or null. */
export function findRowFault(row: DraftRow): string | null {
  const { error } = comparisonSchema.safeParse(comparisonOf(row));
  return error?.issues[0]?.message ?? null;
}
