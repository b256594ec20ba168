/** The work list: filters in the query string, the same as the API's; rows with their actions. */
import { z } from 'zod';
import { listHeldSubscriptions } from '../../accounts/subscriptions.ts';
import { listMembers, type Member } from '../../accounts/users.ts';
import { countEvents, listEvents, viewerOf, type EventFilter, type Viewer } from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import { later, MINUTE } from '../../kernel/clock.ts';
import { page, type PageScope } from '../page.ts';
import { presentEventRow } from '../presenters/event.ts';
import { presentNumber } from '../presenters/number.ts';
import { eventFilter } from '../schemas/event.ts';
import { withSilences } from '../silenced-until.ts';

const PAGE_SIZE = 50;

/** Forms send empty fields; a link with a misspelt value shows everything rather than nothing. */
const emptyIsAbsent = (schema: z.ZodType) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema).catch(undefined);

const querySchema = z.object({
  ...Object.fromEntries(Object.entries(eventFilter).map(([name, schema]) => [name, emptyIsAbsent(schema)])),
  state: emptyIsAbsent(z.enum(['open', 'snoozed', 'completed', 'all']).optional()),
  cursor: emptyIsAbsent(z.string().max(500).optional()),
}) as unknown as z.ZodType<
  Omit<EventFilter, 'state'> & { state?: 'open' | 'snoozed' | 'completed' | 'all'; cursor?: string }
>;

type Query = z.output<typeof querySchema>;

export const eventsPage = page({
  path: '/events',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, user, timeZone } = scope;
    const query = querySchema.parse(request.query);
    const orgs = await listOrgs(tx, tenant.id);
    const subscriptions = await listHeldSubscriptions(tx, tenant.id);
    const viewer = viewerOf(subscriptions, user.id, orgs);
    const filter = filterOf(query, viewer, user.id);
    const list = await listEvents(
      tx,
      tenant.id,
      filter,
      viewer,
      { limit: PAGE_SIZE, cursor: query.cursor },
      now,
    );
    const total = await countEvents(tx, tenant.id, filter, viewer, now);
    const members = await listMembers(tx, tenant.id);
    return {
      view: 'events',
      title: 'Events',
      data: {
        sentence: describe(filter, total),
        snoozed: presentSnoozed(query, await countSnoozed(scope, filter, viewer)),
        tabs: tabs(query, filter),
        query,
        filter,
        rows: (await withSilences(scope, list.items)).map((event) => presentEventRow(event, now, timeZone)),
        isEmpty: list.items.length === 0,
        hasFilter: hasFilter(query),
        next: list.nextCursor ? linkTo(query, { cursor: list.nextCursor }) : null,
        first: query.cursor ? linkTo(query, { cursor: undefined }) : null,
        orgs,
        me: { id: user.id, name: user.name },
        members: members.map(({ id, name, email }) => ({
          id,
          name,
          email,
          initial: name[0]?.toUpperCase() ?? '?',
        })),
        choices: choices(query, members),
        snoozes: snoozeChoices(now),
        bulk: presentBulk(filter, total, now),
        mayWork: scope.role !== 'manager',
      },
    };
  },
});

/** Without a choice: open events that concern me; somebody without subscriptions sees all. */
function filterOf({ state, cursor: _cursor, ...query }: Query, viewer: Viewer, userId: string): EventFilter {
  const hasSubscriptions =
    viewer.responder.length + viewer.interested.length > 0 || viewer.inUnknown !== 'all';
  return {
    ...query,
    state: state === 'all' ? undefined : (state ?? 'open'),
    interest: query.interest ?? (hasSubscriptions ? 'interested' : 'all'),
    assignee: query.assignee === 'me' ? userId : query.assignee,
  };
}

async function countSnoozed(
  { tx, tenant, now }: PageScope,
  filter: EventFilter,
  viewer: Viewer,
): Promise<number> {
  if (filter.state !== 'open') return 0;
  return countEvents(tx, tenant.id, { ...filter, state: 'snoozed' }, viewer, now);
}

const INTEREST_WORDS = {
  responder: ' you respond to',
  interested: ' you respond to or are interested in',
  unclassified: ' without severity or org',
  all: '',
};

/** "12 open events you respond to" */
function describe({ state, interest = 'all' }: EventFilter, total: number): string {
  const noun = `${state ?? ''} event${total === 1 ? '' : 's'}`.trim();
  return `${presentNumber(total)} ${noun}${INTEREST_WORDS[interest]}`;
}

function presentSnoozed(query: Query, count: number) {
  if (count === 0) return null;
  const href = linkTo(query, { state: 'snoozed', cursor: undefined });
  return { text: `${presentNumber(count)} hidden by snooze`, href };
}

function tabs(query: Query, { interest }: EventFilter) {
  const names = {
    responder: 'Responder',
    interested: 'Interested',
    unclassified: 'Unclassified',
    all: 'All',
  } as const;
  return (Object.keys(names) as (keyof typeof names)[]).map((name) => ({
    name: names[name],
    href: linkTo(query, { interest: name, cursor: undefined }),
    isCurrent: interest === name,
  }));
}

type Choice = [value: string, word: string];

/** What the selects of the filter form offer. */
function choices(query: Query, members: readonly Member[]) {
  const chosen = (list: Choice[], value: string | undefined) =>
    list.map(([one, word]) => ({ value: one, word, isChosen: one === (value ?? '') }));
  const people = members.map(({ id, name }): Choice => [id, name]);
  return {
    severity: chosen(SEVERITY_CHOICES, query.severity),
    assignee: chosen(
      [['', 'Anybody'], ['me', 'Me'], ['none', 'Nobody'], ['any', 'Somebody'], ...people],
      query.assignee,
    ),
    kind: chosen([['', 'Any kind'], ...KINDS.map((kind): Choice => [kind, kind])], query.kind),
    state: chosen(STATE_CHOICES, query.state ?? 'open'),
  };
}

const SEVERITY_CHOICES: Choice[] = [
  ['', 'Any severity'],
  ['critical', 'Critical'],
  ['warn', 'Warn'],
  ['info', 'Info'],
  ['unclassified', 'Unclassified'],
];
const KINDS = ['FAILED', 'MISSING', 'EXTRA', 'BLIND', 'METRIC'];
const STATE_CHOICES: Choice[] = [
  ['open', 'Open'],
  ['snoozed', 'Snoozed'],
  ['completed', 'Completed'],
  ['all', 'Any state'],
];

function linkTo(query: Query, change: Partial<Query>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...change })) {
    if (typeof value === 'string' && value) parameters.set(name, value);
  }
  return `/events?${parameters.toString()}`;
}

function hasFilter({ interest: _interest, state: _state, cursor: _cursor, ...rest }: Query): boolean {
  return Object.values(rest).some(Boolean);
}

/** "All that match" names the list that was looked at: its filter, its length and its moment. */
function presentBulk(filter: EventFilter, total: number, now: Date) {
  const matching = Object.entries(filter).flatMap(([name, value]: [string, string | undefined]) =>
    value ? [{ name: `matching[${name}]`, value }] : [],
  );
  return { matching, total, shownTotal: presentNumber(total), asOf: now.toISOString() };
}

/** Values of the snooze menu; computed here, because a form without script cannot. */
export function snoozeChoices(now: Date) {
  return SNOOZES.map(({ label, minutes }) => ({
    label,
    minutes,
    until: later(now, minutes * MINUTE).toISOString(),
  }));
}

const SNOOZES = [
  { label: '1 hour', minutes: 60 },
  { label: '4 hours', minutes: 4 * 60 },
  { label: '1 day', minutes: 24 * 60 },
  { label: '1 week', minutes: 7 * 24 * 60 },
];
