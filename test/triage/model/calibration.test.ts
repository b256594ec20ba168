/** The threshold keeps its word: of what is said, the stated share is right. */
import { describe, expect, it } from '@jest/globals';
import { Calibration, WANTED_PRECISION } from '../../../src/triage/model/calibration.ts';
import type { Guess } from '../../../src/triage/model/sparse-linear.ts';

function guessOf(margin: number, best = 0): Guess {
  return {
    best,
    second: 1,
    margin,
    probability: 1 / (1 + Math.exp(-margin)),
    knownNames: 3,
    unknownNames: 0,
    nameSupport: margin,
    novelty: 0,
  };
}

/** Right as often as its margin says, without a random number. */
function isRight(margin: number, index: number): boolean {
  return (index * 0.618034) % 1 < 1 / (1 + Math.exp(-(margin - 1) * 2));
}

describe('Calibration', () => {
  it('says what is surely right and holds back the rest', () => {
    const calibration = new Calibration();
    const margins = Array.from({ length: 1000 }, (_, index) => ((index * 37) % 60) / 10);
    margins.forEach((margin, index) => calibration.record(guessOf(margin), isRight(margin, index), 0));
    calibration.draw();
    const said = margins
      .map((margin, index) => ({ margin, index: index + 5000 }))
      .filter(({ margin }) => calibration.confidenceOf(guessOf(margin)) >= calibration.thresholdFor(0));
    const right = said.filter(({ margin, index }) => isRight(margin, index)).length;
    expect(right / said.length).toBeGreaterThanOrEqual(WANTED_PRECISION - 0.01);
    expect(said.length).toBeGreaterThan(400);
  });

  it('is stricter with a class that was often wrong', () => {
    const calibration = new Calibration();
    for (let index = 0; index < 400; index += 1) {
      calibration.record(guessOf(3 + (index % 3)), true, 0);
      if (index % 8 === 0) calibration.record(guessOf(3 + (index % 3), 2), index % 24 === 16, 0);
    }
    calibration.draw();
    expect(calibration.thresholdFor(2)).toBeGreaterThanOrEqual(calibration.thresholdFor(0));
  });

  it('does not believe in itself because one mail came a hundred times', () => {
    const calibration = new Calibration();
    for (let index = 0; index < 100; index += 1) calibration.record(guessOf(1), true, index);
    for (let index = 0; index < 5; index += 1) calibration.record(guessOf(1), false, 0);
    calibration.draw();
    expect(calibration.confidenceOf(guessOf(1))).toBeLessThan(0.9);
    expect(calibration.confidenceOf(guessOf(1))).toBeLessThan(calibration.thresholdFor(0));
  });
});
