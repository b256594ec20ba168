import { expect, it } from '@jest/globals';
import { excerptOf } from '../../src/outbound/wording/excerpt.ts';

it.each([
  ['nothing', '', ''],
  ['what the tool says', 'Disk /var is 97 % full\n', 'Disk /var is 97 % full'],
  ['columns as they are', 'Filesystem  Use%\n/var         97%', 'Filesystem  Use%\n/var         97%'],
  ['no line of tags alone', ':org:shop.db: :svr:db1:\nfull\n:critical:', 'full'],
  ['a line in which a tag stands', 'full on db1 :critical:', 'full on db1 :critical:'],
  ['what only looks like a tag', '::\n: :', '::\n: :'],
  ['one blank line for many, none around', '\n\n \na\r\n\r\n\n\nb\n\n', 'a\n\nb'],
  ['no signature', 'full\n-- \nNagios on mon1', 'full'],
  ['a table whose rule is longer', 'a\n-----\nb', 'a\n-----\nb'],
  ['eight lines', 'x\n'.repeat(20), `${'x\n'.repeat(8)}…`],
  ['lines that are not endless', 'y'.repeat(500), `${'y'.repeat(159)}…`],
  ['no control characters', 'a\u0007b\u001b[31mc', 'a b [31mc'],
])('a notice quotes of a mail %s', (_what, text, excerpt) => {
  expect(excerptOf(text)).toBe(excerpt);
});
