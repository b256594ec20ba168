/** Notices: what was sent to whom, what waits, what is held back, what failed and why. */
import { z } from 'zod';
import { listMembers, type Member } from '../../../accounts/users.ts';
import { findListedEvent, NOBODY } from '../../../events/list.ts';
import { listChannels, type Channel } from '../../../outbound/channels/channels.ts';
import { countTroubled, listDeliveries, listHeld, MOST_COUNTED } from '../../../outbound/list-deliveries.ts';
import { page, type PageScope } from '../../page.ts';
import { presentDelivery, presentHeld } from '../../presenters/delivery.ts';
import { presentNumber } from '../../presenters/number.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/deliveries';
const PAGE_SIZE = 50;
/** The next digest has no more lines than are read; the rest is counted above. */
const MOST_HELD = 200;

/** A link with a misspelt value shows everything rather than nothing. */
const querySchema = z.object({
  state: z.enum(['failed', 'pending', 'held', 'sent']).optional().catch(undefined),
  /** A person or a channel of the team, as the one select offers them. */
  to: z.uuid().optional().catch(undefined),
  event: z.uuid().optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
});

type Query = z.output<typeof querySchema>;

export const deliveriesPage = page({
  path: PATH,
  permission: 'administer',
  load: async (scope, request) => {
    const { tx, tenant, role } = scope;
    const query = querySchema.parse(request.query);
    const people = await listMembers(tx, tenant.id);
    const channels = await listChannels(tx, tenant.id, null);
    const counts = await countTroubled(tx, tenant.id);
    return {
      view: 'settings/deliveries',
      title: 'Deliveries',
      data: {
        tabs: settingsTabs(role, PATH),
        states: presentStates(query, counts),
        recipients: presentRecipients(query, people, channels),
        query,
        event: await presentEvent(scope, query),
        hasFilter: Boolean(query.state ?? query.to ?? query.event),
        hasMailServer: scope.services.mail !== null,
        isHeld: query.state === 'held',
        deliveries: [],
        held: [],
        next: null,
        first: null,
        ...(query.state === 'held' ? await loadHeld(scope, query) : await loadSent(scope, query, channels)),
      },
    };
  },
});

async function loadSent(
  { tx, tenant, now, timeZone }: PageScope,
  query: Query,
  channels: readonly Channel[],
) {
  const { state, to, event, cursor } = query;
  const isChannel = channels.some(({ id }) => id === to);
  const filter = {
    state: state === 'held' ? undefined : state,
    ...(isChannel ? { channel: to } : { user: to }),
    event,
  };
  const { items, nextCursor } = await listDeliveries(tx, tenant.id, filter, { limit: PAGE_SIZE, cursor });
  return {
    deliveries: items.map((one) => presentDelivery(one, now, timeZone)),
    next: nextCursor ? linkTo({ ...query, cursor: nextCursor }) : null,
    first: cursor ? linkTo({ ...query, cursor: undefined }) : null,
  };
}

async function loadHeld({ tx, tenant, now, timeZone }: PageScope, { to, event }: Query) {
  const held = await listHeld(tx, tenant.id, { event, to, limit: MOST_HELD });
  return { held: held.map((one) => presentHeld(one, now, timeZone)) };
}

function presentStates(query: Query, counts: Awaited<ReturnType<typeof countTroubled>>) {
  const states = [
    [undefined, 'All', null],
    ['failed', 'Failed', counts.failed],
    ['pending', 'Waiting', counts.pending],
    ['held', 'Held back', counts.held],
    ['sent', 'Sent', null],
  ] as const;
  return states.map(([state, word, count]) => ({
    word,
    count: count ? `${presentNumber(count)}${count === MOST_COUNTED ? '+' : ''}` : null,
    href: linkTo({ ...query, state, cursor: undefined }),
    isCurrent: query.state === state,
  }));
}

function presentRecipients({ to }: Query, people: readonly Member[], channels: readonly Channel[]) {
  const option = ({ id, name }: { id: string; name: string }) => ({
    value: id,
    word: name,
    isChosen: id === to,
  });
  return { people: people.map(option), channels: channels.map(option) };
}

async function presentEvent({ tx, tenant, now }: PageScope, { event }: Query) {
  const found = event && (await findListedEvent(tx, tenant.id, event, NOBODY, now));
  return found ? { href: `/events/${found.id}`, word: `#${found.number} ${found.title}` } : null;
}

function linkTo(query: Query): string {
  const given = Object.entries(query).filter((one) => one[1]);
  const search = new URLSearchParams(given).toString();
  return search ? `${PATH}?${search}` : PATH;
}
