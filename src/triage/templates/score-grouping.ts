/**
 * How well lines were gathered under templates, against true ones: the measures by which log parsers are compared.
 * Only the grouping counts, never the names of groups.
 */
import { compareGroupings, overlapsOf } from '../../kernel/compare-groupings.ts';

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
  const { overlaps, sizes, trueSizes } = overlapsOf(found, truth);
  const exact = overlaps.filter(({ count, size, trueSize }) => count === size && count === trueSize);
  const rightLines = exact.reduce((total, { count }) => total + count, 0);
  return {
    ga: found.length === 0 ? 1 : rightLines / found.length,
    fga: found.length === 0 ? 1 : (2 * exact.length) / (sizes.length + trueSizes.length),
    pairF1: compareGroupings(found, truth).pairF1,
    templates: sizes.length,
  };
}
