/**
 * The mails by which the parts of this process say that they work: one for each part and slot of time, whichever
 * process claims the slot. A part that something speaks against says nothing, and is missed.
 */
import { type DataSource } from 'typeorm';
import type { ProcessRole } from '../config/schema.ts';
import { inTenant } from '../db/transaction.ts';
import type { Clock } from '../kernel/clock.ts';
import { describeError } from '../kernel/errors.ts';
import type { LoopHealth } from '../kernel/loop.ts';
import { findTrouble } from './loops.ts';
import type { OwnDoor, OwnTenant } from './own-door.ts';
import { slotOf, writeHeartbeat, type OwnLetter, type Problem } from './own-letters.ts';
import { claimSlots, giveSlotBack } from './own-mails.ts';
import { orgOf, SERVICE_PARTS, type ServicePart } from './parts.ts';

export interface HeartbeatOptions {
  database: DataSource;
  clock: Clock;
  /** Machine and roles: the same after a restart. */
  processName: string;
  roles: readonly ProcessRole[];
  /** Throws when the pages of this process do not answer. */
  askWeb: () => Promise<void>;
}

export class Heartbeats {
  readonly #options: HeartbeatOptions;
  readonly #door: OwnDoor;

  constructor(options: HeartbeatOptions, door: OwnDoor) {
    this.#options = options;
    this.#door = door;
  }

  /** @returns why mails that are due could not be sent */
  async send(own: OwnTenant, loops: readonly LoopHealth[], now: Date): Promise<Problem[]> {
    const { database, clock } = this.#options;
    const due = this.#listAlive(loops, now).map((part) => {
      const slotAt = slotOf(part, now);
      return { part, slotAt, letter: writeHeartbeat(part, slotAt) };
    });
    const sendings = due.map(({ part, slotAt, letter }) => ({
      part: part.name,
      slotAt,
      messageId: letter.messageId,
    }));
    const sentAt = clock.now();
    const claimed = await inTenant(database, own.id, (tx) => claimSlots(tx, own.id, sendings, sentAt));
    const unsent: Problem[] = [];
    for (const { part, slotAt, letter } of due.filter((one) => claimed.has(one.part.name))) {
      const problem = (await this.#askWeb(part)) ?? (await this.#tryToPost(own, letter));
      if (!problem) continue;
      unsent.push(problem);
      await inTenant(database, own.id, (tx) => giveSlotBack(tx, own.id, part.name, slotAt));
    }
    return unsent;
  }

  /** The parts of this process of which nothing speaks against their working. */
  #listAlive(health: readonly LoopHealth[], now: Date): ServicePart[] {
    const troubled = new Set(findTrouble(health, now).map(({ loop }) => loop));
    return SERVICE_PARTS.filter(
      ({ name, role, loops }) =>
        this.#options.roles.includes(role) &&
        !loops.some((loop) => troubled.has(loop)) &&
        (name !== 'inbound.smtp' || this.#door.isThere),
    );
  }

  async #askWeb({ name }: ServicePart): Promise<Problem | null> {
    if (name !== 'web') return null;
    try {
      await this.#options.askWeb();
      return null;
    } catch (error) {
      const title = `pages of ${this.#options.processName}`;
      return { key: title, org: orgOf('web'), severity: 'critical', title, detail: describeError(error) };
    }
  }

  /** All parts go through the same door: one problem, whatever the number of mails it did not take. */
  async #tryToPost(own: OwnTenant, letter: OwnLetter): Promise<Problem | null> {
    try {
      await this.#door.post(own, letter);
      return null;
    } catch (error) {
      const title = `own door of ${this.#options.processName}`;
      const org = orgOf('inbound.smtp');
      return { key: title, org, severity: 'critical', title, detail: describeError(error) };
    }
  }
}
