/** Rules in words, and the rule editor's form in the shape of its template. */
import { MAIL_STATES } from '../../events/mail-state.ts';
import type { Outcome } from '../../triage/rules/backtest.ts';
import { FIELDS, type Actions, type Condition, type Rule } from '../../triage/rules/rule.ts';
import {
  findFaults,
  findRowFault,
  isGroup,
  JOINS,
  type Draft,
  type DraftGroup,
  type DraftPart,
  type DraftRow,
  type Join,
} from '../rule-form.ts';
import { presentNumber } from './number.ts';
import { presentOrg } from './org.ts';
import { presentSeverity } from './severity.ts';
import { presentTime } from './time.ts';

const FIELD_WORDS = {
  subject: 'Subject',
  body: 'Body',
  from: 'From',
  to: 'To',
  header: 'Header',
  source: 'Source host',
  attachment: 'Attachment name',
  org: 'Org',
  severity: 'Severity',
} as const;

const OPERATOR_WORDS = {
  contains: 'contains',
  equals: 'equals',
  regex: 'matches regex',
  'not-contains': 'does not contain',
  'not-equals': 'does not equal',
  'not-regex': 'does not match',
} as const;

const JOIN_WORDS: Record<Join, string> = { all: 'all', any: 'any', none: 'none', 'not-all': 'not all' };

export function presentRuleRow(rule: Rule, index: number, total: number, now: Date, timeZone: string) {
  return {
    id: rule.id,
    number: index + 1,
    name: rule.name,
    href: `/rules/${rule.id}`,
    condition: describeCondition(rule.condition),
    effects: describeActions(rule.actions),
    severity: rule.actions.severity ? presentSeverity(rule.actions.severity) : null,
    org: presentOrg(rule.actions.org?.includes('$') ? null : (rule.actions.org ?? null)),
    hits: presentNumber(rule.hits),
    lastHit: presentTime(rule.lastHitAt, now, timeZone),
    author: rule.createdBy,
    updated: presentTime(rule.updatedAt, now, timeZone),
    isEnabled: rule.isEnabled,
    isFirst: index === 0,
    isLast: index === total - 1,
  };
}

export function describeCondition(condition: Condition): string {
  if ('field' in condition) {
    const { field, header, op, value } = condition;
    return `${header ?? FIELD_WORDS[field]} ${OPERATOR_WORDS[op]} “${value}”`;
  }
  if ('not' in condition) return `not (${describeCondition(condition.not)})`;
  const [parts, word] = 'all' in condition ? [condition.all, ' and '] : [condition.any, ' or '];
  return parts
    .map((part) =>
      'field' in part || 'not' in part ? describeCondition(part) : `(${describeCondition(part)})`,
    )
    .join(word);
}

/** What a rule decides beside severity and org, which have marks of their own. */
function describeActions({ org, servers, state, schedule, noise }: Actions): string {
  const parts = [
    org?.includes('$') ? `org ${org}` : null,
    servers ? `servers ${servers.join(', ')}` : null,
    state ? `state ${state}` : null,
    schedule ? `schedule ${schedule.n} ± ${schedule.variance} per ${schedule.period}` : null,
    noise ? 'noise' : null,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** @param isChecked false before a person has asked for anything: an unfinished form is no fault yet */
export function presentDraft(draft: Draft, isChecked: boolean) {
  const faults = isChecked ? Object.fromEntries(findFaults(draft)) : {};
  const counter = { next: 1 };
  return {
    ...draft,
    faults,
    condition: presentGroup(draft.condition, [], null, isChecked, counter),
    hasRowFault: isChecked && hasRowFault(draft.condition),
    severities: choose(
      [['', 'leave as it is'], ...SEVERITY_CHOICES.map((one): Choice => [one, presentSeverity(one).word])],
      draft.severity,
    ),
    states: choose([['', 'leave as it is'], ...MAIL_STATES.map((one): Choice => [one, one])], draft.state),
  };
}

const SEVERITY_CHOICES = ['critical', 'warn', 'info'] as const;

function hasRowFault(part: DraftPart): boolean {
  return isGroup(part) ? part.parts.some(hasRowFault) : findRowFault(part) !== null;
}

type Choice = readonly [value: string, word: string];

function choose(choices: readonly Choice[], chosen: string) {
  return choices.map(([value, word]) => ({ value, word, isChosen: value === chosen }));
}

interface Counter {
  next: number;
}

function presentGroup(
  group: DraftGroup,
  path: number[],
  link: string | null,
  isChecked: boolean,
  counter: Counter,
): Record<string, unknown> {
  const word = group.join === 'any' || group.join === 'none' ? 'or' : 'and';
  return {
    isGroup: true,
    link,
    name: nameOf(path),
    path: path.join('.'),
    number: path.length === 0 ? 0 : counter.next,
    joins: JOINS.map((value) => ({ value, word: JOIN_WORDS[value], isChosen: value === group.join })),
    joinWord: JOIN_WORDS[group.join],
    parts: group.parts.map((part, index) => {
      const partLink = index === 0 ? null : word;
      return isGroup(part)
        ? presentGroup(part, [...path, index], partLink, isChecked, counter)
        : presentRow(part, [...path, index], partLink, isChecked, counter);
    }),
  };
}

function presentRow(
  row: DraftRow,
  path: number[],
  link: string | null,
  isChecked: boolean,
  counter: Counter,
): Record<string, unknown> {
  const number = counter.next++;
  const op = row.isNegated ? `not-${row.op}` : row.op;
  return {
    isGroup: false,
    link,
    name: nameOf(path),
    path: path.join('.'),
    number,
    fields: choose(
      FIELDS.map((field): Choice => [field, FIELD_WORDS[field]]),
      row.field,
    ),
    operators: choose(Object.entries(OPERATOR_WORDS), op),
    header: row.header,
    value: row.value,
    isRegex: row.op === 'regex',
    fault: isChecked ? findRowFault(row) : null,
  };
}

/** `condition[parts][0][parts][1]` */
function nameOf(path: readonly number[]): string {
  return `condition${path.map((index) => `[parts][${index}]`).join('')}`;
}

export function fieldWord(field: (typeof FIELDS)[number], header: string | null): string {
  return header ?? FIELD_WORDS[field];
}

/** A value before and after a rule; one when it stays. */
export function presentChange(before: Outcome, after: Outcome) {
  const differs = <K extends keyof Outcome>(key: K): boolean =>
    JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  return {
    severityBefore: presentSeverity(before.severity),
    severityAfter: differs('severity') ? presentSeverity(after.severity) : null,
    orgBefore: before.org ?? 'none',
    orgAfter: differs('org') ? (after.org ?? 'none') : null,
    serversBefore: before.servers.join(', ') || 'none',
    serversAfter: differs('servers') ? after.servers.join(', ') || 'none' : null,
    becomesNoise: after.noise && !before.noise,
  };
}
