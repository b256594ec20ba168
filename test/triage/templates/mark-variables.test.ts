/** What varies in a sample, as people see it marked: the marks are in brackets here. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { current, readableText, TemplateMiner } from '../../../src/triage/templates/miner.ts';
import { markVariables, piecesOf, type Piece } from '../../../src/triage/templates/mark-variables.ts';
import { textOf } from '../../../src/triage/templates/shape.ts';
import { processorMs } from '../../support/processor-time.ts';

function shown(pieces: readonly Piece[] | null): string | null {
  return pieces?.map(({ text, isVariable }) => (isVariable ? `[${text}]` : text)).join('') ?? null;
}

describe('The variable parts of a line', () => {
  it.each([
    ['in the middle', 'disk sda1 is full', 'disk <*> is full', 'disk [sda1] is full'],
    ['at both ends', 'db1 is 12 % full, 7', '<*> is <*> full, <*>', '[db1] is [12 %] full, [7]'],
    ['glued to words', 'user=ana;port=22', 'user=<*>;port=<*>', 'user=[ana];port=[22]'],
    ['that hold what follows them', 'a is is b is c', '<*> is c', '[a is is b] is c'],
    ['beside each other', 'from 10.0.0.1 :80 refused', 'from <*> <*> refused', 'from [10.0.0.1 :80] refused'],
    ['in uneven white space', ' load   of  a1 ', 'load of <*>', 'load of [a1]'],
    ['of which there are none', 'backup written', 'backup written', 'backup written'],
  ])('are marked %s', (_, line, template, expected) => {
    const pieces = markVariables(line, template);
    expect(shown(pieces)?.replaceAll('] [', ' ')).toBe(expected);
  });

  it.each([
    ['another end', 'disk sda1 is empty', 'disk <*> is full'],
    ['nothing where something varies', 'disk is full', 'disk <*> is full'],
    ['another order', 'full is disk x', 'disk <*> is full'],
  ])('are not marked in a line with %s', (_, line, template) => {
    expect(markVariables(line, template)).toBeNull();
  });

  it('are shown as gaps where no sample is at hand', () => {
    expect(shown(piecesOf('disk <*> is <*>'))).toBe('disk […] is […]');
  });

  it('leave every mined line as it was, but for white space', () => {
    const word = fc.constantFrom(
      'disk',
      'is',
      'full',
      '7',
      'db1.example.com',
      '/var/x',
      '"a"',
      'x=3',
      '12:00',
      ',',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const line = words.join(' ');
        const template = current(new TemplateMiner().mine(line, new Date(0)));
        const pieces = markVariables(line, readableText(textOf(template.shape)));
        if (pieces) expect(pieces.map(({ text }) => text).join('')).toBe(line);
      }),
    );
  });

  it('of hostile text are found in a moment', () => {
    const elapsed = processorMs(() => {
      markVariables('a '.repeat(500_000), '<*> a a a a <*> '.repeat(100_000));
      markVariables(`${'ab'.repeat(1000)}c`, `<*>${'ab<*>'.repeat(600)}d`);
    });
    expect(elapsed).toBeLessThan(300);
  });
});
