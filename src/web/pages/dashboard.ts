/** The dashboard: how many open events wait for whom, how the services stand, and whether our own intake sees. */
import { listHeldSubscriptions } from '../../accounts/subscriptions.ts';
import { countOpen, countOpenByOrg, countTraffic, hasEvents } from '../../events/counts.ts';
import {
  countEvents,
  listEvents,
  listLongestUnassigned,
  viewerOf,
  type EventFilter,
} from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import { countQuarantine } from '../../inbound/mails.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { between } from '../../kernel/clock.ts';
import { staleDoors, type DoorState } from '../../watchdog/blind.ts';
import { countStreams, listNextDue, type StreamStatus } from '../../watchdog/list-streams.ts';
import { page, type PageScope } from '../page.ts';
import { presentEventRow } from '../presenters/event.ts';
import { presentHealth } from '../presenters/health-tree.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentOwnHealth } from '../presenters/own-health.ts';
import { presentSeedTable } from '../presenters/seed-table.ts';
import { presentSpan, presentTime } from '../presenters/time.ts';
import { presentTraffic, trafficSince } from '../presenters/traffic-chart.ts';

/** Rows in each of the short lists. */
const SHORT = 5;
const NEXT_DUE = 3;
const LONG_AGO = new Date(0);

export const dashboardPage = page({
  path: '/',
  permission: 'read',
  load: async (scope) => {
    const { tx, tenant, now, timeZone, user, services, memberships } = scope;
    const own = services.ownHealth();
    const maySeeOwn = memberships.some(({ tenantId }) => tenantId === own?.tenantId);
    const doors = await services.doorsOf(tx, tenant);
    const stale = staleDoors(doors, now, LONG_AGO);
    const orgs = await listOrgs(tx, tenant.id);
    const unassigned = await listLongestUnassigned(tx, tenant.id, SHORT, now);
    return {
      view: 'dashboard',
      title: 'Dashboard',
      data: {
        tenantName: tenant.name,
        asOf: {
          iso: now.toISOString(),
          clock: formatLocal(now, timeZone, 'HH:mm:ss'),
          exact: presentTime(now, now, timeZone)?.exact,
        },
        isEmpty: !(await hasEvents(tx, tenant.id)),
        table: presentSeedTable(await countOpen(tx, tenant.id, now)),
        health: presentHealth(orgs, await countOpenByOrg(tx, tenant.id, now)),
        traffic: presentTraffic(await countTraffic(tx, tenant.id, trafficSince(now)), now, timeZone),
        schedules: await glanceAtSchedules(scope, stale.length > 0),
        unassigned: unassigned.map((event) => presentEventRow(event, now, timeZone)),
        mine: await glanceAtMine(scope, orgs),
        me: user.id,
        blind: presentBlind(doors, stale, now, timeZone),
        doors: doors.map((door) => presentDoor(door, stale, now)),
        own: own && maySeeOwn ? presentOwnHealth(own, now, timeZone) : null,
        quarantined: await countQuarantine(tx, tenant.id),
      },
    };
  },
});

const STATUSES: { status: StreamStatus; word: string; tone: string | null; isRare: boolean }[] = [
  { status: 'ok', word: 'on time', tone: null, isRare: false },
  { status: 'late', word: 'late', tone: 'is-warn', isRare: false },
  { status: 'missing', word: 'missing', tone: 'is-missing', isRare: false },
  { status: 'extra', word: 'extra', tone: 'is-extra', isRare: false },
  { status: 'learning', word: 'learning', tone: null, isRare: false },
  { status: 'blind', word: 'not judged', tone: 'is-bad', isRare: true },
  { status: 'paused', word: 'paused', tone: null, isRare: true },
];

async function glanceAtSchedules({ tx, tenant, now, timeZone }: PageScope, isBlind: boolean) {
  const counts = await countStreams(tx, tenant.id, now, isBlind);
  const due = await listNextDue(tx, tenant.id, NEXT_DUE, now);
  return {
    all: Object.values(counts).reduce((sum, count) => sum + count, 0),
    tiles: STATUSES.filter(({ status, isRare }) => !isRare || counts[status]).map(
      ({ status, word, tone }) => ({
        status,
        count: counts[status],
        word,
        // Colour says that something is there to be looked at.
        tone: counts[status] ? tone : null,
      }),
    ),
    due: due.map(({ name, expectedBy }) => ({ name, at: presentTime(expectedBy, now, timeZone) })),
  };
}

async function glanceAtMine({ tx, tenant, now, timeZone, user }: PageScope, orgs: readonly string[]) {
  const viewer = viewerOf(await listHeldSubscriptions(tx, tenant.id), user.id, orgs);
  const count = (filter: EventFilter): Promise<number> =>
    countEvents(tx, tenant.id, { state: 'open', ...filter }, viewer, now);
  const filter: EventFilter = { state: 'open', interest: 'all', assignee: user.id };
  const { items } = await listEvents(tx, tenant.id, filter, viewer, { limit: SHORT }, now);
  return {
    rows: items.map((event) => presentEventRow(event, now, timeZone)),
    all: presentNumber(await count({ assignee: user.id })),
    responding: await count({ interest: 'responder' }),
    waiting: await count({ interest: 'responder', assignee: 'none' }),
  };
}

function presentBlind(doors: readonly DoorState[], stale: readonly DoorState[], now: Date, timeZone: string) {
  if (stale.length === 0) return null;
  return {
    head:
      doors.length === 1 ? 'The only door is blind.' : `${stale.length} of ${doors.length} doors are blind.`,
    doors: stale.map(({ name, error, seenAt }) => ({
      name,
      error: error ?? 'no answer',
      since: presentTime(seenAt, now, timeZone),
    })),
  };
}

function presentDoor(door: DoorState, stale: readonly DoorState[], now: Date) {
  return {
    name: door.name,
    isBlind: stale.includes(door),
    behind: presentSpan(Math.max(0, between(door.seenAt, now))),
  };
}
