/**
 * Features that spoke, as the few clues that a person reads: what several features say of one word is one clue. Pure.
 */
import type { Clue } from '../mse.ts';
import type { Kind } from './feature-kinds.ts';
import type { DescribedFeature } from './features.ts';

/** More of them say less, and they are stored with each mail. */
const MOST_CLUES = 5;
const LONGEST_CLUE = 60;
/** Rounded away on the page. */
const LEAST_WEIGHT = 0.05;

/** Kinds whose name says nothing that the word itself does not. */
const PLAIN: ReadonlySet<Kind> = new Set(['word', 'words', 'subject word']);

export function gatherClues(features: readonly (DescribedFeature & { weight: number })[]): Clue[] {
  const gathered = new Map<string, { kind: Kind; weight: number }>();
  // The strongest come first and give the kind.
  for (const { kind, said, weight } of features) {
    // The id of a template tells a person nothing: the page shows the template itself.
    const key = kind === 'template' ? '' : said.replace(/\s{1,20}/g, ' ').trim();
    const former = gathered.get(key);
    if (former) former.weight += weight;
    else gathered.set(key, { kind, weight });
  }
  return [...gathered]
    .filter(([, { weight }]) => Math.abs(weight) >= LEAST_WEIGHT)
    .sort(([, one], [, other]) => Math.abs(other.weight) - Math.abs(one.weight))
    .slice(0, MOST_CLUES)
    .map(([said, { kind, weight }]) => ({
      text: tell(kind, said),
      weight: Math.round(weight * 100) / 100,
    }));
}

function tell(kind: Kind, said: string): string {
  if (said === '') return 'its template';
  const shown = said.length > LONGEST_CLUE ? `${said.slice(0, LONGEST_CLUE)}…` : said;
  return PLAIN.has(kind) ? `“${shown}”` : `${kind} “${shown}”`;
}
