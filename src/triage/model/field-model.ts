/**
 * What decides one field of a mail (org, severity, or what people make of a parser's severity) by what was learnt: the linear model, how far to believe
 * it, and the words for why. Pure: loading, saving and who teaches it are elsewhere.
 */
import type { Clue } from '../mse.ts';
import { Calibration } from './calibration.ts';
import { KINDS } from './feature-kinds.ts';
import type { FeatureBag } from './features.ts';
import { gatherClues } from './gather-clues.ts';
import { SparseLinear, type Guess, type LinearOptions } from './sparse-linear.ts';

/** `override`: what people make of a severity that a parser read, as `critical>warn`. */
export const FIELDS = ['org', 'severity', 'override'] as const;
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
  override: { rate: 0.5, onlyFocused: false, kindRates: ratesOf(SEVERITY_RATES) },
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
/** Several features say the same word; so many are looked at for the few clues that are told. */
const MOST_FEATURES_GATHERED = 40;
const UNTRIED_CONFIDENCE = 0.95;
const UNTRIED_SUPPORT = 2;
const UNTRIED_NOVELTY = 0.1;
/** What is guessed after so few says nothing about what will be guessed. */
const FIRST_LESSONS = 10;
const LEAST_LESSON = 0.3;
const MOST_TURNS = 5;
const LEARNT_FIRMLY = 0.9;
const MOST_UNTEACHING_TURNS = 30;
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
    const isSure = confidence >= Math.max(this.calibration.thresholdFor(guess.best), this.#floor(guess));
    return { value, confidence, isSaid: isSure, guess };
  }

  /**
   * Mail that carries tags is easier than mail that does not, and proves too much about itself. While it alone has
   * taught, only what is well known is said: of orgs, where the mail's own names say it and few are new.
   */
  #floor({ nameSupport, novelty }: Guess): number {
    if (this.calibration.isTried) return 0;
    const isKnown = nameSupport >= UNTRIED_SUPPORT && novelty <= UNTRIED_NOVELTY;
    return this.field !== 'org' || isKnown ? UNTRIED_CONFIDENCE : Infinity;
  }

  /** What spoke for the guess and against it, the strongest first. Of the mail that is in the bag. */
  clues(bag: FeatureBag, { guess }: Prediction): Clue[] {
    const spoken = this.linear.spoke(bag, guess.best, guess.second, MOST_FEATURES_GATHERED);
    return gatherClues(spoken.map(({ index, weight }) => ({ ...bag.describe(index), weight })));
  }

  /** The guess in a sentence: what was most for it, and what it was rather than. */
  reason(clues: readonly Clue[], { guess }: Prediction): string {
    const second = this.field === 'override' ? undefined : this.linear.classes[guess.second];
    const strongest = clues.filter(({ weight }) => weight > 0).slice(0, MOST_REASONS);
    const words = strongest.map(({ text }) => text).join(', ') || 'such words';
    return `learnt from mails with ${words}${second === undefined ? '' : `; rather than ${second}`}`;
  }

  /**
   * Guesses, notes whether that was right, and learns; less from what is told again and again.
   * @param isTypical false for mail that is easier than what will be asked about, such as mail that carries tags
   */
  teach(bag: FeatureBag, value: string, isTypical = true): void {
    const repetitions = this.#repetitionsOf(bag.look);
    this.judge(bag, value, isTypical);
    this.linear.learn(bag, value, Math.max(LEAST_LESSON, 1 / Math.sqrt(1 + repetitions)));
  }

  /** A person took the trouble to say it: it is gone over until it is read so. */
  teachFirmly(bag: FeatureBag, value: string): void {
    this.judge(bag, value);
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const before = this.linear.learn(bag, value);
      if (before === null || before > LEARNT_FIRMLY) return;
    }
  }

  /**
   * A person took back what they had taught, and nobody says what is right instead: it is pushed down until it is not
   * said of this mail any more. What it did to other mails' words stays; learning anew leaves it out for good.
   */
  unteach(bag: FeatureBag, value: string): void {
    for (let turn = 0; turn < MOST_UNTEACHING_TURNS; turn += 1) {
      const said = this.predict(bag);
      if (!said?.isSaid || said.value !== value) return;
      this.linear.unlearn(bag, value);
    }
  }

  /** Only notes whether the guess is right: for what is held out. */
  judge(bag: FeatureBag, value: string, isTypical = true): boolean {
    const guess = this.linear.guess(bag);
    const isRight = this.linear.classes[guess.best] === value;
    if (this.linear.learnt < FIRST_LESSONS) return isRight;
    this.calibration.record(guess, isRight, this.#countLook(bag.look), isTypical);
    return isRight;
  }

  #repetitionsOf(look: number): number {
    return this.#looks.get(look) ?? 0;
  }

  #countLook(look: number): number {
    const before = this.#repetitionsOf(look);
    this.#looks.delete(look);
    this.#looks.set(look, before + 1);
    if (this.#looks.size > MOST_LOOKS) {
      const [oldest] = this.#looks.keys();
      if (oldest !== undefined) this.#looks.delete(oldest);
    }
    return before;
  }
}
