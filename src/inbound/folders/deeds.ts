/**
 * What folder mode needs of the rooms behind it, handed in by app/wiring.ts: where mails stand, and making come true
 * what somebody said by moving one.
 */
import type { Tx } from '../../db/transaction.ts';
import type { MseId, TenantId } from '../../kernel/ids.ts';
import type { Meaning, Standing, Surroundings } from './place.ts';

/** A move by a person that says something. */
export type Move = Exclude<Meaning, { is: 'nothing' } | { is: 'unclear' }>;

export interface FolderDeeds {
  /** Mails that triage has not seen are left out. */
  listStandings: (tx: Tx, tenantId: TenantId, mails: readonly MseId[]) => Promise<Standing[]>;
  /** Nobody else changes the event until the transaction ends. */
  lockStanding: (tx: Tx, tenantId: TenantId, mail: MseId) => Promise<Standing | null>;
  readSurroundings: (tx: Tx, tenantId: TenantId) => Promise<Surroundings>;
  /** @throws Conflict when it cannot be done in the event's state */
  follow: (
    tx: Tx,
    tenantId: TenantId,
    standing: Standing,
    move: Move,
    by: string,
    now: Date,
  ) => Promise<void>;
  /** Says in the timelines of open events, once each, that mails are no longer in the mailbox. */
  tellGone: (tx: Tx, tenantId: TenantId, mails: readonly MseId[], by: string, now: Date) => Promise<void>;
}
