/**
 * How far the model may be believed. Each mail that is taught was guessed first; whether that was right is an outcome.
 * From the newest outcomes a logistic curve gives the confidence of a guess, and the lowest confidence above which a
 * stated share was right is the threshold: below it the model abstains, and the mail waits for a person.
 */
import type { Guess } from './sparse-linear.ts';

/** Of what the model says, this share must be right. */
export const WANTED_PRECISION = 0.98;
const MOST_OUTCOMES = 1500;
/** The curve is drawn anew after so many outcomes; at first each one counts. */
const REDRAWN_AFTER = { first: 5, later: 25 };
const FIRST_OUTCOMES = 200;
const NEWTON_STEPS = 8;
/** No share of right ones makes a guess worth saying below this. */
const LOWEST_THRESHOLD = 0.5;
/** Until outcomes tell better. */
const FIRST_THRESHOLD = 0.97;
const FEWEST_TYPICAL = 20;
/** One lucky guess must not open the gate. */
const FEWEST_TO_TRUST = 5;
/** A class of its own threshold needs so many outcomes. */
const FEWEST_OF_CLASS = 12;
/** Outcomes of mails that look like one just taught prove little; each repetition counts less. */
const LEAST_WEIGHT = 0.05;

/** What the curve is drawn over, from a guess. */
function signsOf(guess: Guess): Signs {
  // The only class known is no choice.
  const p = guess.second < 0 ? 0.5 : Math.min(0.9999, Math.max(0.0001, guess.probability));
  const names = guess.knownNames + guess.unknownNames;
  return [
    1,
    Math.log(p / (1 - p)),
    Math.min(12, guess.margin),
    guess.unknownNames / (names + 1),
    guess.novelty,
  ];
}

type Signs = [number, number, number, number, number];

/** Drawn over the development streams, each mail guessed before it was learnt. */
const PRIOR: Signs = [-1, 0.5, 0.9, -1, -1];
/** How firmly outcomes have to contradict the prior curve. */
const HOLD = 3;

export interface Outcome {
  signs: Signs;
  /** The class guessed. */
  guessed: number;
  isRight: boolean;
  weight: number;
}

export interface ClassPrecision {
  /** Outcomes in which the class was guessed surely enough to be said. */
  said: number;
  right: number;
}

export class Calibration {
  outcomes: Outcome[] = [];
  curve: Signs = [...PRIOR];
  threshold = FIRST_THRESHOLD;
  #ofClass = new Map<number, number>();
  /** Outcomes of mail such as will be asked about. */
  typical = 0;
  #sinceDrawn = 0;

  confidenceOf(guess: Guess): number {
    return guess.best < 0 ? 0 : confidenceAt(this.curve, signsOf(guess));
  }

  /** A guess of less confidence is not said. */
  thresholdFor(classIndex: number): number {
    return this.#ofClass.get(classIndex) ?? this.threshold;
  }

  /** False while nothing shows how the model does on mail such as will be asked about. */
  get isTried(): boolean {
    return this.typical >= FEWEST_TYPICAL;
  }

  /** @param repetitions how often a mail that looks the same was taught before */
  record(guess: Guess, isRight: boolean, repetitions: number, isTypical = true): void {
    if (guess.best < 0) return;
    if (isTypical) this.typical += 1;
    const weight = Math.max(LEAST_WEIGHT, 1 / (1 + repetitions));
    this.outcomes.push({ signs: signsOf(guess), guessed: guess.best, isRight, weight });
    if (this.outcomes.length > MOST_OUTCOMES) this.outcomes.shift();
    this.#sinceDrawn += 1;
    const { first, later } = REDRAWN_AFTER;
    if (this.#sinceDrawn >= (this.outcomes.length < FIRST_OUTCOMES ? first : later)) this.draw();
  }

  forget(): void {
    this.outcomes = [];
    this.typical = 0;
    this.draw();
  }

  draw(): void {
    this.#sinceDrawn = 0;
    this.curve = fitCurve(this.outcomes);
    const told = this.outcomes.map((outcome) => ({
      ...outcome,
      confidence: confidenceAt(this.curve, outcome.signs),
    }));
    this.threshold = thresholdOf(told) ?? FIRST_THRESHOLD;
    this.#ofClass = new Map();
    for (const [classIndex, group] of groupedByGuess(told)) {
      const own = group.length < FEWEST_OF_CLASS ? null : thresholdOf(group);
      if (own !== null) this.#ofClass.set(classIndex, own);
    }
  }

  /** How right the model was in the newest outcomes, per class that it said. */
  precision(): Map<number, ClassPrecision> {
    const found = new Map<number, ClassPrecision>();
    for (const { guessed, signs, isRight } of this.outcomes) {
      if (confidenceAt(this.curve, signs) < this.thresholdFor(guessed)) continue;
      const figures = found.get(guessed) ?? { said: 0, right: 0 };
      figures.said += 1;
      figures.right += isRight ? 1 : 0;
      found.set(guessed, figures);
    }
    return found;
  }
}

function confidenceAt(curve: Signs, signs: Signs): number {
  let sum = 0;
  for (let index = 0; index < signs.length; index += 1) sum += (curve[index] ?? 0) * (signs[index] ?? 0);
  return 1 / (1 + Math.exp(-sum));
}

/** Newton's method on the weighted likelihood, held to the prior curve by a quadratic. */
function fitCurve(outcomes: readonly Outcome[]): Signs {
  const size = PRIOR.length;
  const curve: Signs = [...PRIOR];
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    const gradient = new Array<number>(size).fill(0);
    const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    for (let i = 0; i < size; i += 1) {
      gradient[i] = HOLD * ((curve[i] ?? 0) - (PRIOR[i] ?? 0));
      (hessian[i] ?? [])[i] = HOLD;
    }
    for (const { signs, isRight, weight } of outcomes) {
      const p = confidenceAt(curve, signs);
      const error = weight * (p - (isRight ? 1 : 0));
      const bend = weight * p * (1 - p);
      for (let i = 0; i < size; i += 1) {
        gradient[i] = (gradient[i] ?? 0) + error * (signs[i] ?? 0);
        const row = hessian[i] ?? [];
        for (let j = 0; j < size; j += 1) row[j] = (row[j] ?? 0) + bend * (signs[i] ?? 0) * (signs[j] ?? 0);
      }
    }
    const change = solve(hessian, gradient);
    for (let i = 0; i < size; i += 1) curve[i] = (curve[i] ?? 0) - (change[i] ?? 0);
  }
  return curve.every(Number.isFinite) ? curve : [...PRIOR];
}

/** Gaussian elimination; the matrix is small, symmetric and positive. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const size = right.length;
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    const pivotRow = rows[pivot] ?? [];
    for (let below = pivot + 1; below < size; below += 1) {
      const row = rows[below] ?? [];
      const factor = (row[pivot] ?? 0) / (pivotRow[pivot] ?? 1);
      for (let column = pivot; column <= size; column += 1)
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let index = size - 1; index >= 0; index -= 1) {
    const row = rows[index] ?? [];
    let rest = row[size] ?? 0;
    for (let column = index + 1; column < size; column += 1)
      rest -= (row[column] ?? 0) * (solution[column] ?? 0);
    solution[index] = rest / (row[index] ?? 1);
  }
  return solution;
}

type Told = Outcome & { confidence: number };

/**
 * The lowest confidence above which the wanted share was right. @returns null when there is none
 */
function thresholdOf(told: readonly Told[]): number | null {
  const sorted = [...told].sort((a, b) => b.confidence - a.confidence);
  let weight = 0;
  let wrong = 0;
  let lowest: number | null = null;
  for (const [index, { confidence, isRight, weight: own }] of sorted.entries()) {
    weight += own;
    wrong += isRight ? 0 : own;
    // A threshold takes all of one confidence or none.
    if (sorted[index + 1]?.confidence === confidence) continue;
    if (wrong <= (1 - WANTED_PRECISION) * weight && weight >= FEWEST_TO_TRUST) lowest = confidence;
  }
  return lowest === null ? null : Math.max(LOWEST_THRESHOLD, lowest);
}

function groupedByGuess(told: readonly Told[]): Map<number, Told[]> {
  const groups = new Map<number, Told[]>();
  for (const one of told) groups.set(one.guessed, [...(groups.get(one.guessed) ?? []), one]);
  return groups;
}
