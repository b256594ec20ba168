/** What is wrong with a value, for people: zod's own words speak of types and of "received undefined". */
import type { z } from 'zod';

const KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  date: 'a date',
};

const FORMATS: Record<string, string> = {
  email: 'a mail address, such as ana@example.com',
  uuid: 'an id as the lists show it',
  url: 'an address, such as https://example.com',
  date: 'a date, such as 2026-03-31',
  datetime: 'a time with its offset, such as 2026-03-31T09:00:00Z',
};

/** Pure. @returns undefined where zod's own words are left; a schema's own message is never replaced. */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue.input) ? 'This is needed.' : `Give ${KINDS[issue.expected] ?? issue.expected}.`;
    case 'invalid_format':
      return FORMATS[issue.format] && `Give ${FORMATS[issue.format]}.`;
    case 'invalid_value':
      // A form's select without a choice says nothing at all.
      return isMissing(issue.input) ? 'This is needed.' : `Use ${alternatives(issue.values)}.`;
    case 'too_small':
      return wordLeast(issue.origin, Number(issue.minimum), issue.inclusive ?? true);
    case 'too_big':
      return wordMost(issue.origin, Number(issue.maximum), issue.inclusive ?? true);
    default:
      return undefined;
  }
}

function isMissing(input: unknown): boolean {
  return input === undefined || input === null || input === '';
}

function alternatives(values: readonly unknown[]): string {
  const words = values.map(String);
  const last = words.pop();
  return words.length > 0 ? `${words.join(', ')} or ${last}` : String(last);
}

function wordLeast(origin: string, least: number, isInclusive: boolean): string | undefined {
  if (origin === 'string') return least === 1 ? 'This is needed.' : `Give at least ${least} characters.`;
  if (origin === 'array') return least === 1 ? 'Give at least one.' : `Give at least ${least}.`;
  if (origin !== 'number' && origin !== 'int') return undefined;
  return isInclusive ? `Give ${least} or more.` : `Give more than ${least}.`;
}

function wordMost(origin: string, most: number, isInclusive: boolean): string | undefined {
  if (origin === 'string') return `Give at most ${most} characters.`;
  if (origin === 'array') return `Give at most ${most}.`;
  if (origin !== 'number' && origin !== 'int') return undefined;
  return isInclusive ? `Give ${most} or less.` : `Give less than ${most}.`;
}
