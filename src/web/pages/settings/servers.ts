/** Servers that mails are about: proposed by triage, confirmed or ignored by people, with where they belong. */
import { z } from 'zod';
import { may } from '../../../accounts/role.ts';
import { listOrgs } from '../../../events/orgs.ts';
import { NotFound } from '../../../kernel/errors.ts';
import { isUuid } from '../../../kernel/ids.ts';
import { SERVER_STATES } from '../../../triage/servers/inventory.ts';
import { countServers, getServer, listServers, type ListedServer } from '../../../triage/servers/store.ts';
import { page, type PageScope, type View } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { presentNumber } from '../../presenters/number.ts';
import { presentTime } from '../../presenters/time.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/servers';
const PAGE_SIZE = 50;

const querySchema = z.object({
  state: z.enum(SERVER_STATES).optional().catch(undefined),
  q: z.string().trim().max(253).optional().catch(undefined),
  after: z.string().max(253).optional().catch(undefined),
});

type Query = z.output<typeof querySchema>;

export const serverPages = [
  page({
    path: PATH,
    permission: 'read',
    load: async (scope, request) => show(scope, querySchema.parse(request.query), null),
  }),
  page({
    path: `${PATH}/:id`,
    permission: 'work',
    load: async (scope, request) => {
      const id = String(request.params['id']);
      if (!isUuid(id)) throw new NotFound('server');
      const server = await getServer(scope.tx, scope.tenant.id, id);
      return show(scope, { q: server.name }, server);
    },
  }),
];

async function show(scope: PageScope, query: Query, opened: ListedServer | null): Promise<View> {
  const { tx, tenant, role } = scope;
  const { state, q, after } = query;
  const found = await listServers(tx, tenant.id, { state, q }, { limit: PAGE_SIZE + 1, after });
  const counts = await countServers(tx, tenant.id);
  const servers = found.slice(0, PAGE_SIZE);
  const last = servers.at(-1);
  return {
    view: 'settings/servers',
    title: 'Servers',
    data: {
      tabs: settingsTabs(role, PATH),
      mayWork: may(role, 'work'),
      sentence: `${presentNumber(counts.proposed)} proposed by mails, ${presentNumber(counts.confirmed)} confirmed, ${presentNumber(counts.ignored)} ignored`,
      hasAny: counts.proposed + counts.confirmed + counts.ignored > 0,
      q: q ?? '',
      states: presentOptions(STATE_FILTERS, state ?? ''),
      orgs: await listOrgs(tx, tenant.id),
      servers: servers.map((server) => presentServer(server, scope)),
      editor: opened ? presentEditor(opened, scope) : null,
      first: after ? linkTo({ state, q }) : null,
      next: found.length > PAGE_SIZE && last ? linkTo({ state, q, after: last.name }) : null,
    },
  };
}

const STATE_FILTERS = [
  ['', 'All'],
  ['proposed', 'Proposed'],
  ['confirmed', 'Confirmed'],
  ['ignored', 'Ignored'],
] as const;

function linkTo(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `${PATH}?${new URLSearchParams(given).toString()}` : PATH;
}

function presentServer(server: ListedServer, { now, timeZone }: PageScope) {
  const { id, name, state, org, usualOrg, renamedTo, mails, lastSeenAt } = server;
  return {
    id,
    name,
    href: `${PATH}/${id}`,
    mailsHref: `/events?${new URLSearchParams({ interest: 'all', q: name }).toString()}`,
    state,
    isConfirmed: state === 'confirmed',
    isIgnored: state === 'ignored',
    org: org ?? usualOrg,
    isUsual: org === null && usualOrg !== null,
    renamedTo,
    mails: presentNumber(mails),
    last: presentTime(lastSeenAt, now, timeZone),
  };
}

function presentEditor(server: ListedServer, scope: PageScope) {
  const form = presentForm(scope.flash, 'server', {
    state: server.state === 'proposed' ? 'confirmed' : server.state,
    org: server.org ?? server.usualOrg ?? '',
    renamedTo: server.renamedTo ?? '',
  });
  const counted = Object.entries(server.orgs).sort(([, one], [, other]) => other - one);
  return {
    form,
    heading: server.name,
    action: `/servers/${server.id}`,
    states: presentOptions(
      [
        ['confirmed', 'A server'],
        ['ignored', 'No server: never name it again'],
        ['proposed', 'Undecided'],
      ] as const,
      form.state.value,
    ),
    orgs: counted.map(([org, count]) => ({ org, count: presentNumber(count) })),
  };
}
