/**
 * A loop runs one piece of work again and again: at its period, or at once when woken. One run at a time; when it was
 * woken meanwhile it rests as long as the run took. An error is logged and the loop lives on. How loops are listed:
 * app/jobs/.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { between, type Clock } from './clock.ts';
import { describeError } from './errors.ts';
import type { Log } from './log.ts';

export interface LoopWork {
  name: string;
  /** Pause after a run that found nothing to do, and the longest time a lost wake-up can cost. */
  everyMs: number;
  /** @returns true when there may be more to do at once */
  run: (now: Date, signal: AbortSignal) => Promise<boolean>;
}

export interface LoopHealth {
  name: string;
  everyMs: number;
  startedAt: Date | null;
  /** When the last run began that ended without an error. */
  lastRunAt: Date | null;
  lastError: string | null;
  /** Runs that failed since one went well. */
  failures: number;
}

/** Nobody notices it, and a fifth of a second of mail is worth a batch. */
const MOST_REST_MS = 200;

export class Loop {
  readonly #work: LoopWork;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #health: LoopHealth;
  #wakeUp: (() => void) | null = null;
  #isWoken = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(work: LoopWork, clock: Clock, log: Log) {
    this.#work = work;
    this.#clock = clock;
    this.#log = log.child({ loop: work.name });
    this.#health = {
      name: work.name,
      everyMs: work.everyMs,
      startedAt: null,
      lastRunAt: null,
      lastError: null,
      failures: 0,
    };
  }

  start(): void {
    this.#health.startedAt = this.#clock.now();
    this.#ended = this.#runUntilStopped();
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  health(): LoopHealth {
    return { ...this.#health };
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wakeUp?.();
    await this.#ended;
  }

  async #runUntilStopped(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#isWoken = false;
      const beganAt = this.#clock.now();
      const hasMore = await this.#runOnce(signal);
      await this.#rest(beganAt, signal);
      if (!hasMore) await this.#pause(signal);
    }
  }

  async #runOnce(signal: AbortSignal): Promise<boolean> {
    const now = this.#clock.now();
    try {
      const hasMore = await this.#work.run(now, signal);
      this.#health.lastRunAt = now;
      this.#health.lastError = null;
      this.#health.failures = 0;
      return hasMore;
    } catch (error) {
      if (signal.aborted) return false;
      this.#health.lastError = describeError(error);
      this.#health.failures += 1;
      this.#log.error({ err: error }, 'loop run failed, next try at its period');
      return false;
    }
  }

  /** Woken amid the run: things come faster than runs end, and more of them at once cost less. */
  async #rest(beganAt: Date, signal: AbortSignal): Promise<void> {
    if (!this.#isWoken) return;
    const ms = Math.min(between(beganAt, this.#clock.now()), MOST_REST_MS);
    if (ms > 0) await wait(ms, undefined, { signal }).catch(() => undefined);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    if (this.#isWoken || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#work.everyMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = null;
  }
}
