/** Unclassified signals gathered into families of like content, each with a name and what a rule for it would ask. */
import { groupBy } from '../../kernel/group-by.ts';
import { withoutTags } from '../tags/grammar.ts';
import { cluster } from './cluster.ts';
import { vectorsOf, wordsOf } from './vectors.ts';
import type { WaitingSignal } from './waiting.ts';

export interface Family {
  /** Its most frequent words; null for a single signal, whose subject says more. */
  name: string | null;
  size: number;
  /** The largest first. */
  signals: WaitingSignal[];
  senders: string[];
  servers: string[];
  firstAt: Date;
  lastAt: Date;
  /** What all its mails have in common: the proposed rule. */
  common: Common;
}

export interface Common {
  /** Null when there are several. */
  sender: string | null;
  /** In every subject. */
  words: string[];
}

/** The largest first. */
export async function gatherFamilies(signals: readonly WaitingSignal[]): Promise<Family[]> {
  return describeFamilies(signals, await numberFamilies(signals));
}

/** @returns the family of each signal: equal numbers belong together */
export async function numberFamilies(signals: readonly WaitingSignal[]): Promise<number[]> {
  return cluster(vectorsOf(signals));
}

/** The largest first. */
export function describeFamilies(signals: readonly WaitingSignal[], numbers: readonly number[]): Family[] {
  const gathered = groupBy(signals.entries(), ([index]) => numbers[index] ?? index);
  return [...gathered.values()]
    .map((members) => describe(members.map(([, signal]) => signal)))
    .sort((one, other) => other.size - one.size || other.lastAt.getTime() - one.lastAt.getTime());
}

function describe(signals: WaitingSignal[]): Family {
  const times = (pick: (signal: WaitingSignal) => Date) => signals.map((signal) => pick(signal).getTime());
  return {
    name: signals.length > 1 ? nameOf(signals) : null,
    size: signals.reduce((sum, { size }) => sum + size, 0),
    signals,
    senders: distinct(signals.map(({ sender }) => sender)),
    servers: distinct(signals.flatMap(({ servers }) => servers)),
    firstAt: new Date(Math.min(...times(({ firstAt }) => firstAt))),
    lastAt: new Date(Math.max(...times(({ lastAt }) => lastAt))),
    common: commonOf(signals),
  };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter(Boolean);
}

const WORDS_OF_A_NAME = 4;

/** The words that most of its subjects have, in the order in which the largest signal says them. */
function nameOf(signals: readonly WaitingSignal[]): string {
  const counts = new Map<string, number>();
  for (const { subject } of signals) {
    for (const word of new Set(wordsOf(withoutTags(subject)))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const frequent = [...counts].sort(([, one], [, other]) => other - one).slice(0, WORDS_OF_A_NAME);
  const spoken = wordsOf(signals.map(({ subject }) => withoutTags(subject)).join(' '));
  const words = frequent
    .map(([word]) => word)
    .sort((one, other) => spoken.indexOf(one) - spoken.indexOf(other));
  return words.join(' ') || '(no subject)';
}

/** A rule that asks for more says no more than the mail itself. */
const MOST_WORDS = 4;

function commonOf(signals: readonly WaitingSignal[]): Common {
  const senders = distinct(signals.map(({ sender }) => sender));
  const [first, ...others] = signals.map(({ subject }) => new Set(wordsOf(withoutTags(subject))));
  const shared = [...(first ?? [])].filter((word) => others.every((words) => words.has(word)));
  return {
    sender: senders.length === 1 ? (senders[0] ?? null) : null,
    words: shared.sort((one, other) => other.length - one.length).slice(0, MOST_WORDS),
  };
}
