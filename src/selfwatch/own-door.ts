/** The way of the mails that DaTamer writes to itself: through its own door, which is so tested, where there is one. */
import { describeError } from '../kernel/errors.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Log } from '../kernel/log.ts';
import { asMail, OWN_SENDER, type OwnLetter } from './own-letters.ts';
import { postToDoor, type DoorAddress } from './post.ts';

export interface OwnTenant {
  id: TenantId;
  /** Where its mail goes. */
  address: string;
}

export interface OwnDoorOptions {
  log: Log;
  /** Stores a mail without a door: for installations without one, and for what a door that is shut cannot take. */
  store: (tenantId: TenantId, raw: Buffer) => Promise<void>;
}

export class OwnDoor {
  readonly #options: OwnDoorOptions;
  #door: DoorAddress | null = null;

  constructor(options: OwnDoorOptions) {
    this.#options = options;
  }

  /** Of several the first is the one that is used. */
  add(door: DoorAddress): void {
    this.#door ??= door;
  }

  get isThere(): boolean {
    return this.#door !== null;
  }

  /** Throws when the door does not take it. */
  async post(own: OwnTenant, letter: OwnLetter): Promise<void> {
    const raw = await asMail(letter, own.address);
    if (this.#door) await postToDoor(this.#door, { from: OWN_SENDER, to: own.address }, raw);
    else await this.#options.store(own.id, raw);
  }

  /** A shut door must not keep from people that it is shut. */
  async postSomehow(own: OwnTenant, letter: OwnLetter): Promise<void> {
    try {
      await this.post(own, letter);
    } catch (error) {
      this.#options.log.warn(
        { subject: letter.subject, reason: describeError(error) },
        'own door does not take mail, stored past it',
      );
      await this.#options.store(own.id, await asMail(letter, own.address));
    }
  }
}
