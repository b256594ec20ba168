/**
 * What people said belongs together or not. A merge is a must-link, a split a cannot-link between the signals of the
 * two sides; cannot-link wins over any score (semantics §5). An undone one is forgotten.
 */
export interface Verdict {
  id: string;
  kind: 'must' | 'cannot';
  /** Signal keys of the two sides. */
  left: string[];
  right: string[];
}

/** Of a merge of two storms this many signals of each side are remembered. */
export const MOST_SIGNALS_OF_A_SIDE = 200;

export class Constraints {
  readonly #verdicts = new Map<string, Verdict>();
  readonly #ofSignal = new Map<string, Set<string>>();

  add(verdict: Verdict): void {
    this.#verdicts.set(verdict.id, verdict);
    for (const key of [...verdict.left, ...verdict.right]) {
      const ids = this.#ofSignal.get(key) ?? new Set();
      ids.add(verdict.id);
      this.#ofSignal.set(key, ids);
    }
  }

  remove(id: string): void {
    const verdict = this.#verdicts.get(id);
    if (!verdict) return;
    this.#verdicts.delete(id);
    for (const key of [...verdict.left, ...verdict.right]) this.#ofSignal.get(key)?.delete(id);
  }

  /** What people said about a signal and a group of others; of contradicting words the later, but never a must over a cannot. */
  between(key: string, others: ReadonlyMap<string, unknown>): 'must' | 'cannot' | null {
    let found: 'must' | null = null;
    for (const id of this.#ofSignal.get(key) ?? []) {
      const verdict = this.#verdicts.get(id);
      if (!verdict) continue;
      const opposite = verdict.left.includes(key) ? verdict.right : verdict.left;
      if (!opposite.some((other) => others.has(other))) continue;
      if (verdict.kind === 'cannot') return 'cannot';
      found = 'must';
    }
    return found;
  }
}
