/**
 * DaTamer under its own care (semantics §10). A turn: say that this process lives, send what is due of heartbeats and
 * canary, look for problems, tell of what is new and what is over, request the dead-man address. Does nothing until it
 * is told its tenant.
 */
import { inTenant, type Tx } from '../db/transaction.ts';
import { between, later, DAY, SECOND } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { LoopHealth } from '../kernel/loop.ts';
import type { DeadMan } from './dead-man.ts';
import {
  CANARY_REMEMBERED_MS,
  findInstallationProblems,
  findProcessProblems,
  LATEST_CANARY_MS,
  type InstallationSigns,
} from './find-problems.ts';
import { Heartbeats, type HeartbeatOptions } from './heartbeats.ts';
import { findTrouble } from './loops.ts';
import type { Metrics } from './metrics.ts';
import { OwnDoor, type OwnDoorOptions, type OwnTenant } from './own-door.ts';
import { writeProblem, writeRecovery, type Problem } from './own-letters.ts';
import { findOldestUnseen, forgetOwnMails, listLastSeen, markSeen } from './own-mails.ts';
import { forgetProblem, listProblems, markTold, recordProblems } from './own-problems.ts';
import { CANARY } from './parts.ts';
import type { DoorAddress } from './post.ts';
import { forgetSilent, listProcesses, sayAlive, sayGoodbye } from './processes.ts';
import type { OwnHealth } from './own-health.ts';
import { chooseTelling } from './tell-problems.ts';

export interface SelfWatchOptions extends HeartbeatOptions, OwnDoorOptions {
  metrics: Metrics;
  /** True while this process is the one that looks at the whole installation. */
  isKeeper: (now: Date) => Promise<boolean>;
  lookAround: (now: Date) => Promise<Omit<InstallationSigns, 'processes' | 'canarySentAt'>>;
  freeBytes: () => Promise<number | null>;
  deadMan: DeadMan | null;
}

/** A start has better to do than to write to itself: what waited in the mailboxes comes first. */
const START_MS = 20 * SECOND;

/** Heartbeats are counted in periods of an hour; the page looks back a day. */
export const KEPT_MS = 2 * DAY;
const REMEMBERED_WRITES = 3;

/** How the mails to itself fare, as of this turn. */
interface OwnMails {
  /** Why some that are due could not be sent. */
  unsent: readonly Problem[];
  /** When the oldest canary was sent that is still on its way. */
  canarySentAt: Date | null;
}

export class SelfWatch {
  readonly #options: SelfWatchOptions;
  readonly #door: OwnDoor;
  readonly #heartbeats: Heartbeats;
  #own: OwnTenant | null = null;
  #loops: () => readonly LoopHealth[] = () => [];
  #watchedSince: Date;
  #writesMs: number[] = [];
  #sentAt = new Map<string, Date[]>();
  #health: OwnHealth | null = null;

  constructor(options: SelfWatchOptions) {
    this.#options = options;
    this.#door = new OwnDoor(options);
    this.#heartbeats = new Heartbeats(options, this.#door);
    this.#watchedSince = options.clock.now();
  }

  /** From now on it watches. */
  open(own: OwnTenant, loops: () => readonly LoopHealth[]): void {
    this.#own = own;
    this.#loops = loops;
    this.#watchedSince = this.#options.clock.now();
  }

  addDoor(door: DoorAddress): void {
    this.#door.add(door);
  }

  get tenantId(): TenantId | null {
    return this.#own?.id ?? null;
  }

  /** As of the last turn; null before the first. */
  health(): OwnHealth | null {
    return this.#health;
  }

  async turn(now: Date): Promise<void> {
    if (!this.#own || between(this.#watchedSince, now) < START_MS) return;
    await this.#sayAlive(now);
    const unsent = await this.#heartbeats.send(this.#own, this.#loops(), now);
    const isKeeper = await this.#options.isKeeper(now);
    const mails = { unsent, canarySentAt: await this.#findCanary(now) };
    const problems = await this.#findProblems(mails, isKeeper, now);
    await this.#write((tx, id) => recordProblems(tx, id, problems, now));
    if (isKeeper) await this.#tell(now);
    await this.#remember(now);
    await this.#options.deadMan?.tend(this.#findVital(mails, now), now);
  }

  /** The mails of the own tenant have just been through triage. */
  async afterTriage(tenantId: TenantId, now: Date): Promise<void> {
    if (tenantId !== this.tenantId) return;
    const { metrics } = this.#options;
    for (const { part, sentAt } of await this.#write((tx, id) => markSeen(tx, id, now))) {
      if (part !== CANARY.name) continue;
      const seconds = Math.max(0, between(sentAt, now)) / SECOND;
      metrics.canarySeconds.observe(seconds);
      metrics.canaryLag.set(seconds);
    }
  }

  /** @returns own stored mails that nobody needs any more */
  async tidy(now: Date): Promise<string[]> {
    if (!this.#own) return [];
    return this.#write(async (tx, id) => {
      await forgetSilent(tx, id, now);
      return forgetOwnMails(tx, id, later(now, -KEPT_MS));
    });
  }

  /** The process ends on purpose: nobody need worry. */
  async close(): Promise<void> {
    if (this.#own) await this.#write((tx, id) => sayGoodbye(tx, id, this.#options.processName));
  }

  async #sayAlive(now: Date): Promise<void> {
    const { clock, processName } = this.#options;
    const beganAt = clock.now();
    await this.#write((tx, id) => sayAlive(tx, id, processName, now));
    this.#writesMs = [...this.#writesMs, between(beganAt, clock.now())].slice(-REMEMBERED_WRITES);
  }

  async #findProblems({ unsent, canarySentAt }: OwnMails, isKeeper: boolean, now: Date): Promise<Problem[]> {
    const { processName: name, freeBytes, lookAround } = this.#options;
    const own = findProcessProblems(
      { name, loops: this.#loops(), writesMs: this.#writesMs, freeBytes: await freeBytes() },
      now,
    );
    if (!isKeeper) return [...own, ...unsent];
    const seen = await lookAround(now);
    const processes = await this.#write((tx, id) => listProcesses(tx, id, now));
    return [...own, ...unsent, ...findInstallationProblems({ ...seen, processes, canarySentAt }, now)];
  }

  async #findCanary(now: Date): Promise<Date | null> {
    const since = later(now, -CANARY_REMEMBERED_MS);
    return this.#write((tx, id) => findOldestUnseen(tx, id, CANARY.name, since));
  }

  async #tell(now: Date): Promise<void> {
    const own = this.#requireOwn();
    const known = await this.#write((tx, id) => listProblems(tx, id));
    const { begun, ended, dropped } = chooseTelling(known, this.#sentAt, this.#watchedSince, now);
    for (const problem of begun) {
      await this.#door.postSomehow(own, writeProblem(problem, now));
      await this.#write((tx, id) => markTold(tx, id, problem));
    }
    for (const problem of ended) {
      await this.#door.postSomehow(own, writeRecovery(problem, problem.since, now));
    }
    for (const { key } of [...ended, ...dropped]) await this.#write((tx, id) => forgetProblem(tx, id, key));
  }

  async #remember(now: Date): Promise<void> {
    const { lastSeen, problems, processes } = await this.#write(async (tx, id) => ({
      lastSeen: await listLastSeen(tx, id),
      problems: await listProblems(tx, id),
      processes: await listProcesses(tx, id, now),
    }));
    this.#health = { tenantId: this.#requireOwn().id, asOf: now, lastSeen, problems, processes };
  }

  /** What makes the dead man fall silent: loops that hang or fail, mail that does not come through. */
  #findVital({ unsent, canarySentAt }: OwnMails, now: Date): string[] {
    const loops = findTrouble(this.#loops(), now).map(({ what }) => what);
    const isLate = canarySentAt !== null && between(canarySentAt, now) > LATEST_CANARY_MS;
    return [...loops, ...unsent.map(({ title }) => title), ...(isLate ? ['the canary is late'] : [])];
  }

  #requireOwn(): OwnTenant {
    if (!this.#own) throw new Error('the own tenant is not known yet');
    return this.#own;
  }

  async #write<T>(work: (tx: Tx, tenantId: TenantId) => Promise<T>): Promise<T> {
    const { id } = this.#requireOwn();
    return inTenant(this.#options.database, id, (tx) => work(tx, id));
  }
}
