/** How good guesses of a field are, when the model may also say nothing. */

export interface ClassScore {
  /** Of all; saying nothing is wrong. */
  accuracy: number;
  /** Mean over the true classes of the harmonic mean of precision and recall. */
  macroF1: number;
  /** Share about which something was said. */
  coverage: number;
  /** Of what was said, the share that is right. */
  precisionAtCoverage: number;
}

/** @param said what was said of each, null for nothing */
export function scoreClasses(said: readonly (string | null)[], truth: readonly string[]): ClassScore {
  const right = new Map<string, number>();
  const sayings = countEach(said.filter((value) => value !== null));
  let rights = 0;
  truth.forEach((value, index) => {
    if (said[index] !== value) return;
    right.set(value, (right.get(value) ?? 0) + 1);
    rights += 1;
  });
  const truths = countEach(truth);
  const f1s = [...truths].map(
    ([value, count]) => (2 * (right.get(value) ?? 0)) / (count + (sayings.get(value) ?? 0)),
  );
  const saidCount = said.filter((value) => value !== null).length;
  return {
    accuracy: share(rights, truth.length),
    macroF1: share(
      f1s.reduce((sum, f1) => sum + f1, 0),
      f1s.length,
    ),
    coverage: share(saidCount, truth.length),
    precisionAtCoverage: share(rights, saidCount),
  };
}

function countEach(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
