/**
 * Work that goes on side by side under names. Whoever opens lanes waits for them a moment only: one that hangs is left
 * to itself, and the others are opened again meanwhile.
 */
export class Lanes {
  readonly #busy = new Map<string, Promise<void>>();

  /** Names of those that are still at work. */
  busy(): string[] {
    return [...this.#busy.keys()];
  }

  /** @param work settles its own failures; while it goes on, no other is to be opened under this name */
  open(name: string, work: () => Promise<void>): void {
    if (this.#busy.has(name)) throw new Error(`the lane ${name} is busy`);
    const done = work().finally(() => this.#busy.delete(name));
    this.#busy.set(name, done);
  }

  /** Returns when none of them is at work, at the latest after `limitMs`. */
  async settle(limitMs: number, names: readonly string[] = this.busy()): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    });
    await Promise.race([Promise.all(names.map(async (name) => this.#busy.get(name))), limit]);
    clearTimeout(timer);
  }
}
