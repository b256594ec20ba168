/** The inventory of servers: what mails named, and what people say of them. */
import { z } from 'zod';
import { addServer, decideServer, getServer, listServers } from '../../triage/servers/store.ts';
import { SERVER_STATES } from '../../triage/servers/inventory.ts';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import { operation, pageOf, paging } from '../operation.ts';
import { orgPath } from '../schemas/event.ts';

const counts = z.record(z.string(), z.number().int());

const server = z
  .object({
    id: z.string(),
    name: z.string().describe('Full, or short while no full name is known.'),
    state: z
      .enum(SERVER_STATES)
      .describe('`proposed` by a mail, `confirmed` by a person; an `ignored` one is never named again.'),
    org: z.string().nullable().describe('What a person said that it belongs to; wins over `usualOrg`.'),
    usualOrg: z.string().nullable().describe('What nearly all its mails belong to.'),
    renamedTo: z.string().nullable().describe('Its present name: mails that say the old one mean this.'),
    firstSeenAt: z.date(),
    lastSeenAt: z.date(),
    mails: z.number().int().describe('Mails about it.'),
    orgs: counts.describe('Mails by path, older ones fading.'),
    taught: counts.describe('Corrections by path.'),
  })
  .meta({ id: 'Server' });

const name = z.string().trim().toLowerCase().max(253);
const cursorSchema = z.tuple([z.string()]);

export const serverOperations = [
  operation({
    id: 'listServers',
    method: 'get',
    path: '/servers',
    summary: 'Servers that mails are about, by name',
    permission: 'read',
    query: z.object({
      state: z.enum(SERVER_STATES).optional(),
      q: z.string().trim().max(253).optional().describe('A part of the name.'),
      ...paging,
    }),
    answer: pageOf(server),
    handle: async ({ tx, tenant }, { query: { limit, cursor, ...filter } }) => {
      const after = cursor ? decodeCursor(cursor, cursorSchema)[0] : undefined;
      const found = await listServers(tx, tenant.id, filter, { limit: limit + 1, after });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return { items, nextCursor: found.length > limit && last ? encodeCursor([last.name]) : null };
    },
  }),

  operation({
    id: 'addServer',
    method: 'post',
    path: '/servers',
    summary: 'Add a server that no mail has named yet; it is confirmed',
    permission: 'work',
    body: z.object({ name, org: orgPath.optional() }),
    answer: server,
    creates: true,
    handle: async ({ tx, tenant, now }, { body }) => addServer(tx, tenant.id, body, now),
  }),

  operation({
    id: 'getServer',
    method: 'get',
    path: '/servers/{id}',
    summary: 'One server',
    permission: 'read',
    answer: server,
    handle: async ({ tx, tenant }, { params }) => getServer(tx, tenant.id, params.id),
  }),

  operation({
    id: 'changeServer',
    method: 'patch',
    path: '/servers/{id}',
    summary:
      'Confirm or ignore a server, say what it belongs to or what it is called now; what is left out stays',
    permission: 'work',
    body: z
      .object({
        state: z.enum(SERVER_STATES).optional(),
        org: orgPath.nullable().optional(),
        renamedTo: name.nullable().optional(),
      })
      .refine((body) => Object.keys(body).length > 0, { message: 'Give state, org or renamedTo.' }),
    answer: server,
    handle: async ({ tx, tenant }, { params, body }) => decideServer(tx, tenant.id, params.id, body),
  }),
];
