/**
 * Many senders, one commit: mails that come in while a batch is being stored wait and form the next batch. Under
 * load a commit carries dozens of mails; alone, a mail waits for nobody. Each caller hears of its own mail only.
 */
import type { AcceptedMail, ArrivedMail } from '../accept.ts';
import type { TenantId } from '../../kernel/ids.ts';

/** Bounds one statement's parameters. */
const LARGEST_BATCH = 200;

type StoreBatch = (tenantId: TenantId, mails: ArrivedMail[]) => Promise<AcceptedMail[]>;

interface Waiting {
  mail: ArrivedMail;
  resolve: (accepted: AcceptedMail) => void;
  reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #store: StoreBatch;
  readonly #waiting = new Map<TenantId, Waiting[]>();
  readonly #isStoring = new Set<TenantId>();

  constructor(store: StoreBatch) {
    this.#store = store;
  }

  /** Resolves after the commit that holds `mail`; rejects with what that commit threw. */
  async add(tenantId: TenantId, mail: ArrivedMail): Promise<AcceptedMail> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(tenantId) ?? [];
      queue.push({ mail, resolve, reject });
      this.#waiting.set(tenantId, queue);
      void this.#storeAll(tenantId);
    });
  }

  async #storeAll(tenantId: TenantId): Promise<void> {
    if (this.#isStoring.has(tenantId)) return;
    this.#isStoring.add(tenantId);
    for (let batch = this.#takeBatch(tenantId); batch.length > 0; batch = this.#takeBatch(tenantId)) {
      await this.#storeBatch(tenantId, batch);
    }
    this.#isStoring.delete(tenantId);
  }

  #takeBatch(tenantId: TenantId): Waiting[] {
    const queue = this.#waiting.get(tenantId) ?? [];
    const batch = queue.splice(0, LARGEST_BATCH);
    if (queue.length === 0) this.#waiting.delete(tenantId);
    return batch;
  }

  async #storeBatch(tenantId: TenantId, batch: Waiting[]): Promise<void> {
    try {
      const accepted = await this.#store(
        tenantId,
        batch.map(({ mail }) => mail),
      );
      batch.forEach(({ resolve, reject }, index) => {
        const one = accepted[index];
        if (one) resolve(one);
        else reject(new Error('the mail was not among those stored'));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
