/**
 * Sources of mails that this process has just stored, for the triage that follows in a moment: reading each back from
 * the database and inflating it took a fifth of triage's time. Only a shortcut: whatever is not here is read.
 */
import type { MseId } from '../kernel/ids.ts';

/** A burst of large mails must not be held twice. */
const MOST_BYTES = 32 * 1024 * 1024;

export class RecentMails {
  readonly #mails = new Map<MseId, Buffer>();
  #bytes = 0;

  add(id: MseId, raw: Buffer): void {
    this.#mails.set(id, raw);
    this.#bytes += raw.length;
    // The oldest goes first: triage falls behind only where there is a backlog, and then it reads anyway.
    for (const [oldest, mail] of this.#mails) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#remove(oldest, mail);
    }
  }

  /** Gives a mail away: it is asked for once. */
  take(id: MseId): Buffer | undefined {
    const raw = this.#mails.get(id);
    if (raw) this.#remove(id, raw);
    return raw;
  }

  #remove(id: MseId, raw: Buffer): void {
    this.#mails.delete(id);
    this.#bytes -= raw.length;
  }
}
