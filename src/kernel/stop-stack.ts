/** What was started is stopped in reverse, each in its own time limit, so that one hanging part cannot keep the rest. */
import type { Log } from './log.ts';
import { describeError } from './errors.ts';
import { SECOND } from './clock.ts';

/** SIGTERM must end within 10 s; the slowest single part may take this long of it. */
const STOP_LIMIT_MS = 6 * SECOND;

export class StopStack {
  readonly #log: Log;
  readonly #parts: { name: string; stop: () => Promise<void> | void }[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  push(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop });
  }

  async stopAll(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) {
      try {
        await withinMs(STOP_LIMIT_MS, Promise.resolve(part.stop()), part.name);
      } catch (error) {
        this.#log.error({ part: part.name, error: describeError(error) }, 'could not be stopped cleanly');
      }
    }
  }
}

/** Rejects when `work` takes longer than `limitMs`. The work itself goes on: only the waiting ends. */
export async function withinMs<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took longer than ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
