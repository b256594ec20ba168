/**
 * The families of each tenant's backlog, as last gathered: gathering takes a second of work, and a backlog changes less
 * often than people look. Nothing of it is kept elsewhere; what is forgotten is gathered again.
 */
import { createHash } from 'node:crypto';
import type { TenantId } from '../../kernel/ids.ts';
import { describeFamilies, numberFamilies, type Family } from './gather.ts';
import type { WaitingSignal } from './waiting.ts';

export interface Gathered {
  families: Family[];
  /** False while what has come since is being gathered: it stands alone until then. */
  isComplete: boolean;
}

interface Memory {
  /** Digest of the backlog that was gathered. */
  of: string;
  numberOf: ReadonlyMap<string, number>;
}

/** A thousand signals each; whoever has more tenants gathers again now and then. */
const MOST_TENANTS = 200;
/** Gathered within some ten milliseconds: no reason to show what was. */
const SOON_GATHERED = 200;

export class RememberedFamilies {
  readonly #memories = new Map<TenantId, Memory>();
  readonly #running = new Map<TenantId, Promise<Memory>>();

  async gather(tenantId: TenantId, signals: readonly WaitingSignal[]): Promise<Gathered> {
    const of = digestOf(signals);
    const memory = this.#memories.get(tenantId);
    if (memory?.of === of) return show(signals, memory, true);
    if (!memory || signals.length <= SOON_GATHERED)
      return show(signals, await this.#renew(tenantId, signals, of), true);
    // One at a time: whoever looks meanwhile sees the last result too.
    if (!this.#running.has(tenantId)) {
      const renewal = this.#renew(tenantId, signals, of).finally(() => this.#running.delete(tenantId));
      this.#running.set(tenantId, renewal);
      // Who looks next gathers again and meets the fault himself.
      renewal.catch(() => this.#memories.delete(tenantId));
    }
    return show(signals, memory, false);
  }

  /** Until what is being gathered in the background is done. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  async #renew(tenantId: TenantId, signals: readonly WaitingSignal[], of: string): Promise<Memory> {
    const numbers = await numberFamilies(signals);
    const memory = { of, numberOf: new Map(signals.map(({ key }, index) => [key, numbers[index] ?? index])) };
    this.#memories.delete(tenantId);
    this.#memories.set(tenantId, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > MOST_TENANTS && oldest !== undefined) this.#memories.delete(oldest);
    return memory;
  }
}

/** What families are made of: which signals wait, and the newest mail of each. */
function digestOf(signals: readonly WaitingSignal[]): string {
  const hash = createHash('sha256');
  for (const { key, mseId } of signals) hash.update(`${key} ${mseId}\n`);
  return hash.digest('base64');
}

function show(signals: readonly WaitingSignal[], { numberOf }: Memory, isComplete: boolean): Gathered {
  const unknown = Math.max(-1, ...numberOf.values()) + 1;
  const numbers = signals.map(({ key }, index) => numberOf.get(key) ?? unknown + index);
  return { families: describeFamilies(signals, numbers), isComplete };
}
