/** The end of a process: a signal, or a failure that it cannot go on from. */
export class Ending {
  readonly #abort = new AbortController();
  #resolve: (failure: Error | null) => void = () => undefined;
  readonly #ended = new Promise<Error | null>((resolve) => {
    this.#resolve = resolve;
  });

  /** Listens from now on: a signal during the start is not lost. */
  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      // Not `once`: a terminal and npm both send SIGINT, and the second must not cut off the stopping.
      process.on(signal, () => {
        this.end(null);
      });
    }
  }

  /** Aborted when the end has come, for whoever must not go on. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  end(failure: Error | null): void {
    this.#resolve(failure);
    this.#abort.abort();
  }

  /** @returns what made the process end; null for a signal */
  async wait(): Promise<Error | null> {
    return this.#ended;
  }
}
