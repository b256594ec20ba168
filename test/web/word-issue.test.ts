/** What is wrong with a value is said in words, of forms and of the API alike. */
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { wordIssue } from '../../src/web/word-issue.ts';

it.each([
  [z.string(), undefined, 'This is needed.'],
  [z.string(), null, 'This is needed.'],
  [z.string(), 5, 'Give a text.'],
  [z.number(), 'five', 'Give a number.'],
  [z.number().int(), 1.5, 'Give a whole number.'],
  [z.string().min(1), '', 'This is needed.'],
  [z.string().min(10), 'short', 'Give at least 10 characters.'],
  [z.string().max(3), 'long', 'Give at most 3 characters.'],
  [z.number().min(1), 0, 'Give 1 or more.'],
  [z.number().gt(1), 1, 'Give more than 1.'],
  [z.number().max(7), 8, 'Give 7 or less.'],
  [z.array(z.string()).min(1), [], 'Give at least one.'],
  [z.array(z.string()).max(1), ['a', 'b'], 'Give at most 1.'],
  [z.enum(['week', 'day', 'hour']), 'year', 'Use week, day or hour.'],
  [z.enum(['week', 'day']), undefined, 'This is needed.'],
  [z.email(), 'ana', 'Give a mail address, such as ana@example.com.'],
  [z.uuid(), '1', 'Give an id as the lists show it.'],
  [z.iso.date(), '31.3.', 'Give a date, such as 2026-03-31.'],
  [z.string('Say why.'), undefined, 'Say why.'],
])('%# a fault is worded for people', (schema, value, words) => {
  const { error } = schema.safeParse(value, { error: wordIssue });
  expect(error?.issues.map(({ message }) => message)).toEqual([words]);
});
