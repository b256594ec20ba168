/**
 * What decides one field of a mail (org, severity or noise) by what was learnt: the linear model, how far to believe
 * it, and the words for why. Pure: loading, saving and who teaches it are elsewhere.
 */
import { Calibration } from './calibration.ts';
import { KINDS, type FeatureBag } from './features.ts';
import { SparseLinear, type Guess, type LinearOptions } from './sparse-linear.ts';

export const FIELDS = ['org', 'severity', 'noise'] as const;
export type Field = (typeof FIELDS)[number];

/** Which kinds of features matter how much, found on the development streams. 0: not looked at. */
const ORG_RATES: Partial<Record<(typeof KINDS)[number], number>> = {
  host: 8,
  name: 8,
  address: 6,
  sender: 3,
  service: 2,
  'sender name': 2,
  'name like': 2,
  'domain part': 1,
  network: 1,
  'sender domain': 1,
  word: 0.7,
  tool: 0.5,
  template: 0.5,
  'subject word': 0.3,
  words: 0.3,
  letters: 0.2,
};

const SEVERITY_RATES: Partial<Record<(typeof KINDS)[number], number>> = {
  ...Object.fromEntries(KINDS.map((kind) => [kind, 1])),
  letters: 0.3,
  'sender domain': 0.3,
};

const OPTIONS: Record<Field, LinearOptions> = {
  org: { rate: 0.5, onlyFocused: true, kindRates: ratesOf(ORG_RATES) },
  severity: { rate: 0.5, onlyFocused: false, kindRates: ratesOf(SEVERITY_RATES) },
  noise: { rate: 0.5, onlyFocused: false, kindRates: ratesOf(SEVERITY_RATES) },
};

function ratesOf(rates: Partial<Record<(typeof KINDS)[number], number>>): number[] {
  return KINDS.map((kind) => rates[kind] ?? 0);
}

export interface Prediction {
  value: string;
  confidence: number;
  /** Confident enough to be said; else the model abstains. */
  isSaid: boolean;
  guess: Guess;
}

const MOST_REASONS = 3;
/** Looks of mails taught lately, for how new an outcome is. */
const MOST_LOOKS = 4096;

export class FieldModel {
  readonly field: Field;
  readonly linear: SparseLinear;
  readonly calibration = new Calibration();
  readonly #looks = new Map<number, number>();

  constructor(field: Field) {
    this.field = field;
    this.linear = new SparseLinear(OPTIONS[field]);
  }

  /** @returns null when nothing was learnt yet */
  predict(bag: FeatureBag): Prediction | null {
    const guess = this.linear.guess(bag);
    const value = this.linear.classes[guess.best];
    if (value === undefined) return null;
    const confidence = this.calibration.confidenceOf(guess);
    return { value, confidence, isSaid: confidence >= this.calibration.thresholdFor(guess.best), guess };
  }

  /** What spoke, the strongest first. */
  reason(bag: FeatureBag, { guess }: Prediction): string {
    const strongest = this.linear.strongest(bag, guess.best, guess.second, MOST_REASONS);
    return `learnt from mails with ${strongest.map((index) => bag.describe(index)).join(', ') || 'such words'}`;
  }

  /**
   * Guesses, notes whether that was right, and learns.
   * @param weight below 1 for what is taught again and again
   */
  teach(bag: FeatureBag, value: string, weight = 1): void {
    this.judge(bag, value);
    this.linear.learn(bag, value, weight);
  }

  /** Only notes whether the guess is right: for what is held out. */
  judge(bag: FeatureBag, value: string): boolean {
    const guess = this.linear.guess(bag);
    const isRight = this.linear.classes[guess.best] === value;
    this.calibration.record(guess, isRight, this.#countLook(bag.look));
    return isRight;
  }

  #countLook(look: number): number {
    const before = this.#looks.get(look) ?? 0;
    this.#looks.delete(look);
    this.#looks.set(look, before + 1);
    if (this.#looks.size > MOST_LOOKS) {
      const [oldest] = this.#looks.keys();
      if (oldest !== undefined) this.#looks.delete(oldest);
    }
    return before;
  }
}
