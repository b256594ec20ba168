/** Memory stays bounded whatever comes, and what is met again and again stays. */
import { describe, expect, it } from '@jest/globals';
import { FeatureTable } from '../../../src/triage/model/feature-table.ts';

const LARGEST_BYTES = 16 * 2 ** 20;

describe('The table of features', () => {
  it('forgets the oldest rather than grow, in a flood of 300,000 features', () => {
    const table = new FeatureTable();
    const often = 42;
    for (let now = 1; now <= 3000; now += 1) {
      table.makeRoom(101, now);
      for (let index = 0; index < 100; index += 1)
        table.meet(table.findOrAdd(now * 1000 + index), (now + index) % 1000, now);
      table.meet(table.findOrAdd(often), now % 3, now);
    }
    expect(table.bytes).toBeLessThan(LARGEST_BYTES);
    expect(table.find(often)).toBeGreaterThanOrEqual(0);
    expect(table.seen[table.find(often)]).toBe(3000);
    expect(table.find(3000 * 1000)).toBeGreaterThanOrEqual(0);
    expect(table.find(1000)).toBe(-1);
  });

  it('keeps a bounded list of classes for a feature that meets a thousand', () => {
    const table = new FeatureTable();
    for (let now = 1; now <= 1000; now += 1) {
      table.makeRoom(1, now);
      table.meet(table.findOrAdd(7), now, now);
    }
    expect(table.lengths[table.find(7)]).toBeLessThanOrEqual(32);
    expect(table.focus[table.find(7)]).toBeLessThan(0.01);
  });
});
