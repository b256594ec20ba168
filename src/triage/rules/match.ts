/** Compiles a condition into a matcher. Comparisons ignore case; regexes run in linear time. Pure. */
import { SafeRegex } from '../../kernel/safe-regex.ts';
import type { Comparison, Condition } from './rule.ts';

/** What a condition can look at; lists are computed only when a comparison asks. */
export interface Matchable {
  subject: string;
  text: string;
  /** The bare address, and the address with its name. */
  from: string[];
  to: string[];
  header: (name: string) => string[];
  /** Hosts the mail came from. */
  sources: string[];
  attachments: string[];
  org: string | null;
  severity: string | null;
}

export interface Match {
  /** Named groups of the regexes that matched. */
  groups: Record<string, string>;
}

export type Matcher = (mail: Matchable) => Match | null;

export function compileCondition(condition: Condition): Matcher {
  if ('field' in condition) return compileComparison(condition);
  if ('not' in condition) {
    const inner = compileCondition(condition.not);
    return (mail) => (inner(mail) ? null : { groups: {} });
  }
  if ('all' in condition) return matchAll(condition.all.map(compileCondition));
  return matchAny(condition.any.map(compileCondition));
}

function matchAll(matchers: Matcher[]): Matcher {
  return (mail) => {
    const groups: Record<string, string> = {};
    for (const matcher of matchers) {
      const match = matcher(mail);
      if (!match) return null;
      Object.assign(groups, match.groups);
    }
    return { groups };
  };
}

function matchAny(matchers: Matcher[]): Matcher {
  return (mail) => {
    for (const matcher of matchers) {
      const match = matcher(mail);
      if (match) return match;
    }
    return null;
  };
}

type TextTest = (text: string) => Match | null;

function compileComparison(comparison: Comparison): Matcher {
  const test = compileTest(comparison);
  return (mail) => {
    for (const text of textsOf(mail, comparison)) {
      const match = test(text);
      if (match) return match;
    }
    return null;
  };
}

function compileTest({ op, value }: Comparison): TextTest {
  const plain: Match = { groups: {} };
  const wanted = value.toLowerCase();
  switch (op) {
    case 'equals':
      return (text) => (text.trim().toLowerCase() === wanted.trim() ? plain : null);
    case 'contains':
      return (text) => (text.toLowerCase().includes(wanted) ? plain : null);
    case 'regex': {
      const regex = SafeRegex.compile(value);
      return (text) => {
        const match = regex.find(text);
        return match ? { groups: match.groups } : null;
      };
    }
  }
}

/** A field without a value is compared as the empty text, so that "severity equals nothing" can be said. */
export function textsOf(mail: Matchable, { field, header }: Comparison): string[] {
  switch (field) {
    case 'subject':
      return [mail.subject];
    case 'body':
      return [mail.text];
    case 'from':
      return mail.from;
    case 'to':
      return orEmpty(mail.to);
    case 'header':
      return orEmpty(mail.header((header ?? '').toLowerCase()));
    case 'source':
      return orEmpty(mail.sources);
    case 'attachment':
      return orEmpty(mail.attachments);
    case 'org':
      return [mail.org ?? ''];
    case 'severity':
      return [mail.severity ?? ''];
  }
}

function orEmpty(texts: string[]): string[] {
  return texts.length > 0 ? texts : [''];
}
