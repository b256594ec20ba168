/** What folder mode does to events and mails, by the services that the pages use. */
import { may, type Actor } from '../accounts/role.ts';
import { listMembers } from '../accounts/users.ts';
import type { Tx } from '../db/transaction.ts';
import type { Act } from '../events/act.ts';
import { assign, complete, reopen } from '../events/actions.ts';
import { tellOnce } from '../events/change.ts';
import { listOrgs } from '../events/orgs.ts';
import { listStandings } from '../events/standing.ts';
import { lockEvents } from '../events/store.ts';
import type { FolderDeeds, Move } from '../inbound/folders/deeds.ts';
import type { Standing } from '../inbound/folders/place.ts';
import type { MseId, TenantId } from '../kernel/ids.ts';
import { correctMse } from '../triage/correct.ts';
import { spreadCorrection } from '../triage/model/spread-correction.ts';

export const folderDeeds: FolderDeeds = {
  listStandings,
  lockStanding,
  readSurroundings: async (tx, tenantId) => {
    const people = await listMembers(tx, tenantId);
    return {
      people: people.map(({ id, name, role }) => ({ id, name, mayWork: may(role, 'work') })),
      orgs: new Set(await listOrgs(tx, tenantId)),
    };
  },
  follow,
  tellGone,
};

/** The mail may go to another event while its own is waited for: then that one is locked. */
async function lockStanding(tx: Tx, tenantId: TenantId, mail: MseId): Promise<Standing | null> {
  for (let last: Standing | null = null; ;) {
    const [standing] = await listStandings(tx, tenantId, [mail]);
    if (!standing || standing.eventId === last?.eventId) return standing ?? null;
    await lockEvents(tx, tenantId, [standing.eventId]);
    last = standing;
  }
}

async function follow(
  tx: Tx,
  tenantId: TenantId,
  standing: Standing,
  move: Move,
  mailbox: string,
  now: Date,
): Promise<void> {
  const actor: Actor =
    move.is === 'claimed'
      ? { userId: move.by.id, name: `${move.by.name}, in the mailbox` }
      : { userId: null, name: mailbox };
  const act: Act = { tenantId, eventId: standing.eventId, actor, now, version: null };
  const isElsewhere = move.org !== null && move.org !== standing.org;
  if (isElsewhere) {
    await correctMse(tx, tenantId, standing.mseId, { org: move.org ?? undefined }, actor, now);
    await spreadCorrection(tx, tenantId, standing.eventId, actor, now);
  }
  switch (move.is) {
    case 'claimed':
      if (standing.isCompleted) await reopen(tx, act);
      if (standing.assignee?.id !== move.by.id) await assign(tx, act, move.by.id);
      return;
    case 'completed':
      if (!standing.isCompleted) await complete(tx, act);
      return;
    case 'open':
      // Sorting a mail into another path gives nothing up: it follows its event there.
      if (isElsewhere) return;
      if (standing.isCompleted) await reopen(tx, act);
      if (standing.assignee) await assign(tx, act, null);
  }
}

/** @param mails that are no longer in the mailbox */
async function tellGone(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly MseId[],
  mailbox: string,
  now: Date,
): Promise<void> {
  const standings = await listStandings(tx, tenantId, mails);
  const events = standings.filter(({ isCompleted }) => !isCompleted).map(({ eventId }) => eventId);
  await tellOnce(tx, tenantId, [...new Set(events)], {
    actor: { userId: null, name: mailbox },
    at: now,
    what: 'note',
    detail: { gone: true },
    why: 'Mails of this event are no longer in the mailbox. They are kept here.',
  });
}
