/**
 * Org patterns as a tree of labels: asking which of thousands cover a path walks the path's few labels, not the patterns.
 * The same answers as `matchesOrg` of accounts/org-pattern.ts, which a property test compares.
 */
interface Node<T> {
  children: Map<string, Node<T>>;
  /** Of patterns that end here. */
  exact: T[];
  /** Of patterns that go on with `.*`: this path and all below. */
  openEnded: T[];
}

export class PatternIndex<T> {
  readonly #root: Node<T> = emptyNode();

  /** @param pattern as accepted by `isOrgPattern`; a leading `!` is the caller's affair */
  add(pattern: string, value: T): void {
    const labels = pattern.replace(/^!/, '').split('.');
    const isOpenEnded = labels.at(-1) === '*';
    if (isOpenEnded) labels.pop();
    let node = this.#root;
    for (const label of labels) {
      const child = node.children.get(label) ?? emptyNode<T>();
      node.children.set(label, child);
      node = child;
    }
    (isOpenEnded ? node.openEnded : node.exact).push(value);
  }

  /** What was added under patterns that match. Only `*` covers what has no org. */
  find(org: string | null): T[] {
    const found = [...this.#root.openEnded];
    let reached = [this.#root];
    for (const label of org?.split('.') ?? []) {
      reached = reached.flatMap(({ children }) =>
        [children.get(label), children.get('*')].filter((node) => node !== undefined),
      );
      for (const { openEnded } of reached) found.push(...openEnded);
    }
    if (org !== null) for (const { exact } of reached) found.push(...exact);
    return found;
  }
}

function emptyNode<T>(): Node<T> {
  return { children: new Map(), exact: [], openEnded: [] };
}
