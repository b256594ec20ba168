/** Which of the past is like the present: pure. */
import { describe, expect, it } from '@jest/globals';
import { rank } from '../../src/events/history/related.ts';
import type { EventId } from '../../src/kernel/ids.ts';

function rankOf(events: Record<string, string[]>): string[] {
  return rank(Object.entries(events).map(([id, traits]) => ({ id: id as EventId, traits }))).map(
    ({ id }) => id,
  );
}

describe('The likeness of completed events', () => {
  it('goes by the same signal first, then server and wording, then the rest', () => {
    expect(
      rankOf({
        server: ['server:db-01', 'template:1', 'org:shop'],
        signal: ['signal:1', 'server:db-01', 'template:1', 'org:shop'],
        trouble: ['symptom:disk', 'template:1', 'org:shop', 'word:full', 'word:filesystem'],
      }),
    ).toEqual(['signal', 'server', 'trouble']);
  });

  it('is none when only the org or a word is shared', () => {
    expect(rankOf({ a: ['org:shop'], b: ['word:backup', 'word:failed'], c: ['symptom:disk'] })).toEqual([]);
  });

  it('counts what many share for little', () => {
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_none, index) => [`e${index}`, ['server:proxy']]),
    );
    expect(rankOf(many)).toEqual([]);
    expect(rankOf({ one: ['server:proxy', 'symptom:disk'] })).toEqual(['one']);
  });

  it('puts the newer first among equals, and reads past what another version wrote', () => {
    expect(rankOf({ a1: ['signal:1', 'moon:full'], a2: ['signal:1'] })).toEqual(['a2', 'a1']);
  });
});
