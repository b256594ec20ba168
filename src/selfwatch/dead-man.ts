/**
 * The dead man's switch: an address outside is requested while all is well, and whoever keeps it raises the alarm when
 * the requests stop. So it is never asked in advance, never by a timer of its own, and not when anything vital is wrong.
 */
import { between, SECOND } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';

const LIMIT_MS = 10 * SECOND;

export class DeadMan {
  readonly #url: string;
  readonly #everyMs: number;
  readonly #log: Log;
  #lastAt: Date | null = null;
  #isFailing = false;
  #isSilent = false;

  constructor(url: string, everyMs: number, log: Log) {
    this.#url = url;
    this.#everyMs = everyMs;
    this.#log = log;
  }

  /** @param wrong what is vital and does not work; empty: the address is requested when its time has come */
  async tend(wrong: readonly string[], now: Date): Promise<void> {
    if (wrong.length > 0) {
      if (!this.#isSilent) this.#log.warn({ wrong }, 'the dead-man address is no longer requested');
      this.#isSilent = true;
      return;
    }
    this.#isSilent = false;
    // A clock that was set back says nothing about when the last one went.
    const age = this.#lastAt ? between(this.#lastAt, now) : Infinity;
    if (age >= 0 && age < this.#everyMs) return;
    this.#lastAt = now;
    await this.#request();
  }

  /** Failures are said once until it works again, and without the address: it is a secret. */
  async #request(): Promise<void> {
    try {
      const answer = await fetch(this.#url, { redirect: 'manual', signal: AbortSignal.timeout(LIMIT_MS) });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing)
        this.#log.warn({ reason: reasonOf(error) }, 'the dead-man address cannot be requested');
      this.#isFailing = true;
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code: unknown = (error.cause as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string') return code;
  return error.message.startsWith('answered ') ? error.message : error.name;
}
