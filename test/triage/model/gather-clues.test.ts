/** What a person reads of what the model saw: few, short, each word once. */
import { describe, expect, it } from '@jest/globals';
import { gatherClues } from '../../../src/triage/model/gather-clues.ts';

describe('Clues', () => {
  it('say a word once, with all that its features weigh, the strongest first, for and against', () => {
    const clues = gatherClues([
      { kind: 'host', said: 'db1.example.com', weight: 1.5 },
      { kind: 'subject word', said: 'disk', weight: 1 },
      { kind: 'word', said: 'disk', weight: 0.75 },
      { kind: 'words', said: 'is  ok', weight: -0.4 },
      { kind: 'template', said: '6e0f7b0e', weight: 0.2 },
      { kind: 'word', said: 'the', weight: 0.01 },
    ]);
    expect(clues).toEqual([
      { text: '“disk”', weight: 1.75 },
      { text: 'host “db1.example.com”', weight: 1.5 },
      { text: '“is ok”', weight: -0.4 },
      { text: 'its template', weight: 0.2 },
    ]);
  });

  it('are few and short, whatever the mail holds', () => {
    const clues = gatherClues(
      Array.from({ length: 40 }, (_, index) => ({
        kind: 'sender' as const,
        said: `${'x'.repeat(5000)}${index}`,
        weight: 40 - index,
      })),
    );
    expect(clues).toHaveLength(5);
    expect(clues.every(({ text }) => text.length < 80)).toBe(true);
  });
});
