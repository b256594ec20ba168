/** How alike two ways of grouping the same things are. Only who is together counts, never the names of groups. */

export interface Likeness {
  /** Of the pairs that were put together, the share that belongs together. */
  pairPrecision: number;
  /** Of the pairs that belong together, the share that was put together. */
  pairRecall: number;
  pairF1: number;
  /** Adjusted Rand index (Hubert and Arabie 1985): 0 for chance, 1 for equal. */
  ari: number;
  /** B-cubed F1 (Bagga and Baldwin 1998): each thing counts the same, so that small groups count too. */
  bcubedF1: number;
}

/** `found[i]` and `truth[i]` name the groups of thing i. Nothing to compare scores 1: nothing was put wrong. */
export function compareGroupings(found: readonly string[], truth: readonly string[]): Likeness {
  const { overlaps, sizes, trueSizes } = overlapsOf(found, truth);
  const both = sum(overlaps.map(({ count }) => pairs(count)));
  const put = sum(sizes.map(pairs));
  const wanted = sum(trueSizes.map(pairs));
  const pairPrecision = put === 0 ? 1 : both / put;
  const pairRecall = wanted === 0 ? 1 : both / wanted;
  return {
    pairPrecision,
    pairRecall,
    pairF1: harmonicMean(pairPrecision, pairRecall),
    ari: adjustedRand(both, put, wanted, pairs(found.length)),
    bcubedF1: bcubed(overlaps, found.length),
  };
}

/** A found group and a true one that have things in common. */
export interface Overlap {
  /** Things that are in both groups. */
  count: number;
  size: number;
  trueSize: number;
}

export interface Overlaps {
  overlaps: Overlap[];
  sizes: number[];
  trueSizes: number[];
}

export function overlapsOf(found: readonly string[], truth: readonly string[]): Overlaps {
  const sizes = countEach(found);
  const trueSizes = countEach(truth);
  const overlaps = new Map<string, Overlap>();
  found.forEach((group, index) => {
    const wanted = truth[index] ?? '';
    const name = `${group}\n${wanted}`;
    const overlap = overlaps.get(name) ?? {
      count: 0,
      size: sizes.get(group) ?? 0,
      trueSize: trueSizes.get(wanted) ?? 0,
    };
    overlap.count += 1;
    overlaps.set(name, overlap);
  });
  return {
    overlaps: [...overlaps.values()],
    sizes: [...sizes.values()],
    trueSizes: [...trueSizes.values()],
  };
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function harmonicMean(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function adjustedRand(both: number, put: number, wanted: number, all: number): number {
  const byChance = all === 0 ? 0 : (put * wanted) / all;
  const most = (put + wanted) / 2;
  return most === byChance ? 1 : (both - byChance) / (most - byChance);
}

function bcubed(overlaps: readonly Overlap[], things: number): number {
  if (things === 0) return 1;
  const precision = sum(overlaps.map(({ count, size }) => count ** 2 / size)) / things;
  const recall = sum(overlaps.map(({ count, trueSize }) => count ** 2 / trueSize)) / things;
  return harmonicMean(precision, recall);
}
