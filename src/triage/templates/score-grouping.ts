/**
 * How well lines were gathered under templates, against true ones: the measures by which log parsers are compared.
 * Only the grouping counts, never the names of groups.
 */
export interface GroupingScore {
  /** Grouping accuracy: share of lines whose group has exactly the lines of their true template. */
  ga: number;
  /** F-measure of grouping accuracy (Jiang et al., ISSTA 2024): the same over templates, so that rare ones count. */
  fga: number;
  /** F1 over pairs of lines: together in both, or not. */
  pairF1: number;
  /** Groups found. */
  templates: number;
}

/** `found[i]` and `truth[i]` name the groups of line i. No lines score 1: nothing was put wrong. */
export function scoreGrouping(found: readonly string[], truth: readonly string[]): GroupingScore {
  const sizes = countEach(found);
  const trueSizes = countEach(truth);
  const shared = countEach(found.map((group, line) => `${group}\n${truth[line] ?? ''}`));
  let rightLines = 0;
  let rightGroups = 0;
  let pairsInBoth = 0;
  for (const [names, count] of shared) {
    const [group = '', template = ''] = names.split('\n');
    pairsInBoth += pairs(count);
    if (sizes.get(group) !== count || trueSizes.get(template) !== count) continue;
    rightLines += count;
    rightGroups += 1;
  }
  return {
    ga: found.length === 0 ? 1 : rightLines / found.length,
    fga: f1(rightGroups, sizes.size, trueSizes.size),
    pairF1: f1(pairsInBoth, sumOfPairs(sizes), sumOfPairs(trueSizes)),
    templates: sizes.size,
  };
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

function sumOfPairs(counts: Map<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += pairs(count);
  return sum;
}

/** Of `found` things and `wanted` ones, `right` are the same. */
function f1(right: number, found: number, wanted: number): number {
  return found + wanted === 0 ? 1 : (2 * right) / (found + wanted);
}
