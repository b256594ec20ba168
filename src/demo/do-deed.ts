/** What the demo's people do to events, through the same functions as everybody; they never overrule a person. */
import type { Parts } from '../app/wiring.ts';
import { inTenant, type Tx } from '../db/transaction.ts';
import { addNote, assign, complete } from '../events/actions.ts';
import { lockEvents } from '../events/store.ts';
import { listTimeline } from '../events/change.ts';
import { listMses } from '../triage/list-mses.ts';
import type { Cast } from './cast.ts';
import type { Deed } from './story/story.ts';
import { messageIdOf } from './story/write-mail.ts';

/** Does nothing when it was done before, or when somebody else has decided otherwise meanwhile. */
export async function doDeed({ database }: Parts, { tenant, people }: Cast, deed: Deed): Promise<void> {
  await inTenant(database.dataSource, tenant.id, async (tx) => {
    const eventId = await eventOf(tx, tenant.id, deed.mail);
    if (!eventId) return;
    const [event] = await lockEvents(tx, tenant.id, [eventId]);
    const actor = { userId: people[deed.who].id, name: people[deed.who].name };
    if (event?.state !== 'open' || (await isDone(tx, tenant.id, eventId, actor.userId, deed.at))) return;
    const request = { tenantId: tenant.id, eventId, actor, now: deed.at, version: null };
    const isOwn = event.assigneeId === actor.userId;
    switch (deed.what) {
      case 'take':
        if (event.assigneeId === null) await assign(tx, request, actor.userId);
        break;
      case 'give':
        if (isOwn) await assign(tx, request, people[deed.to].id);
        break;
      case 'note':
        if (isOwn) await addNote(tx, request, deed.text);
        break;
      case 'complete':
        if (isOwn) await complete(tx, request, deed.note);
        break;
    }
  });
}

async function eventOf(tx: Tx, tenantId: Cast['tenant']['id'], mail: string): Promise<string | null> {
  const { items } = await listMses(tx, tenantId, { messageId: messageIdOf(mail) }, { limit: 1 });
  return items[0]?.eventId ?? null;
}

/** A story that was cut off is told again from a little earlier. */
async function isDone(
  tx: Tx,
  tenantId: Cast['tenant']['id'],
  eventId: string,
  userId: string,
  at: Date,
): Promise<boolean> {
  const timeline = await listTimeline(tx, tenantId, eventId);
  return timeline.some((change) => change.userId === userId && change.at.getTime() === at.getTime());
}
