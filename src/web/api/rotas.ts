/** Rotas: who is on call in turn, who steps in for whom, and the shifts that come of it. */
import { z } from 'zod';
import { listMembers, type Member } from '../../accounts/users.ts';
import { between, DAY, later } from '../../kernel/clock.ts';
import { Invalid } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import { requireUntold } from '../../outbound/escalation/policies.ts';
import { listShifts, nextHandOver, onCallAt } from '../../outbound/rota/on-call.ts';
import { addOverride, findRotaOfOverride, removeOverride } from '../../outbound/rota/overrides.ts';
import { TURN_UNITS, type Rota } from '../../outbound/rota/rota.ts';
import { addRota, changeRota, getRota, listRotas, removeRota } from '../../outbound/rota/store.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { person } from '../schemas/event.ts';
import { readInstant } from './read-instant.ts';

const override = z.object({
  id: z.string(),
  user: person.nullable(),
  insteadOf: person.nullable().describe('Only in turns of this person; null: whoever has the turn.'),
  from: z.date(),
  to: z.date(),
  createdBy: z.string(),
});

const rota = z
  .object({
    id: z.string(),
    name: z.string(),
    timeZone: z.string(),
    every: z.number().int(),
    unit: z.enum(TURN_UNITS),
    startsOn: z.string(),
    handOverAt: z.string(),
    people: z.array(z.string()).describe('Ids, in the order of their turns.'),
    onCall: person.nullable().describe('Now.'),
    next: z
      .object({ at: z.date(), user: person.nullable() })
      .nullable()
      .describe('Who takes over, and when; null when one person is on call for ever.'),
    overrides: z.array(override).describe('Those that are not over.'),
  })
  .meta({ id: 'Rota' });

const rotaInput = z.object({
  name: z.string().trim().min(1, 'Give the rota a name.').max(100),
  timeZone: z.string().max(100).optional().describe("IANA; left out: the tenant's."),
  every: z.number().int().min(1).max(366).default(1).describe('A turn lasts so many days or weeks.'),
  unit: z.enum(TURN_UNITS).default('week'),
  startsOn: z
    .string()
    .max(10)
    .describe('The first person takes over on this day, `2026-11-30`; weekly turns begin on its weekday.'),
  handOverAt: z.string().max(5).default('09:00').describe('`HH:MM` by the clocks of the zone.'),
  people: z.array(z.uuid()).max(50).describe('In the order of their turns; one may come several times.'),
});

const shift = z.object({
  from: z.date(),
  to: z.date(),
  user: person.nullable(),
  insteadOf: person.nullable().describe('Whose turn it is, when somebody steps in.'),
  override: z.string().nullable(),
});

const instant = z.string().max(40).describe('An instant, or without an offset by the clocks of the rota.');

type People = ReadonlyMap<string, Member>;

export async function listPeople({ tx, tenant }: Scope): Promise<People> {
  return new Map((await listMembers(tx, tenant.id)).map((member) => [member.id, member]));
}

function named(people: People, id: string | null): z.output<typeof person> | null {
  const member = id === null ? undefined : people.get(id);
  return member ? { id: member.id, name: member.name, email: member.email } : null;
}

export function showRota(shown: Rota, people: People, now: Date) {
  const { places, overrides, ...rest } = shown;
  const next = nextHandOver(shown, now);
  return {
    ...rest,
    people: places.filter((place) => place !== null),
    onCall: named(people, onCallAt(shown, now)),
    next: next && { at: next.from, user: named(people, next.userId) },
    overrides: overrides
      .filter(({ to }) => to > now)
      .map(({ userId, insteadOf, ...times }) => ({
        ...times,
        user: named(people, userId),
        insteadOf: named(people, insteadOf),
      })),
  };
}

export function showShifts(one: Rota, people: People, from: Date, to: Date) {
  return listShifts(one, from, to).map((each) => ({
    from: each.from,
    to: each.to,
    user: named(people, each.userId),
    insteadOf: named(people, each.insteadOf),
    override: each.overrideId,
  }));
}

async function show(scope: Scope, id: string) {
  return showRota(await getRota(scope.tx, scope.tenant.id, id), await listPeople(scope), scope.now);
}

/** Computed for each request: a script must not ask for a century. */
const LONGEST_RANGE_MS = 366 * DAY;
const USUAL_RANGE_MS = 14 * DAY;

const turnOperations = [
  operation({
    id: 'listRotas',
    method: 'get',
    path: '/rotas',
    summary: 'Rotas, with who is on call now and who is next',
    permission: 'read',
    answer: whole(rota),
    handle: async (scope) => {
      const people = await listPeople(scope);
      const rotas = await listRotas(scope.tx, scope.tenant.id);
      return { items: rotas.map((one) => showRota(one, people, scope.now)), nextCursor: null };
    },
  }),
  operation({
    id: 'addRota',
    method: 'post',
    path: '/rotas',
    summary: 'People on call in turn, handed over by the clocks of one time zone',
    permission: 'work',
    body: rotaInput,
    answer: rota,
    creates: true,
    handle: async (scope, { body }) => {
      const { tx, tenant, now } = scope;
      const wanted = { ...body, timeZone: body.timeZone ?? tenant.timeZone };
      return show(scope, (await addRota(tx, tenant.id, wanted, now)).id);
    },
  }),
  operation({
    id: 'getRota',
    method: 'get',
    path: '/rotas/{id}',
    summary: 'One rota',
    permission: 'read',
    answer: rota,
    handle: async (scope, { params }) => show(scope, params.id),
  }),
  operation({
    id: 'changeRota',
    method: 'patch',
    path: '/rotas/{id}',
    summary: 'Change a rota; what is left out stays',
    permission: 'work',
    // Of `partial()` the defaults stay: what is left out would become them.
    body: rotaInput
      .extend({
        every: rotaInput.shape.every.unwrap(),
        unit: rotaInput.shape.unit.unwrap(),
        handOverAt: rotaInput.shape.handOverAt.unwrap(),
      })
      .partial(),
    answer: rota,
    handle: async (scope, { params, body }) => {
      await changeRota(scope.tx, scope.tenant.id, params.id, given(body));
      return show(scope, params.id);
    },
  }),
  operation({
    id: 'removeRota',
    method: 'delete',
    path: '/rotas/{id}',
    summary: 'Remove a rota that no escalation needs',
    permission: 'work',
    answer: rota,
    handle: async (scope, { params }) => {
      const removed = await show(scope, params.id);
      await requireUntold(scope.tx, scope.tenant.id, 'rota', params.id);
      await removeRota(scope.tx, scope.tenant.id, params.id);
      return removed;
    },
  }),
];

const shiftOperations = [
  operation({
    id: 'listShifts',
    method: 'get',
    path: '/rotas/{id}/shifts',
    summary: 'Who is on call when, from one instant until another, the earliest first',
    permission: 'read',
    query: z.object({
      from: instant.optional().describe('Left out: now.'),
      to: instant.optional().describe('Left out: two weeks later.'),
    }),
    answer: whole(shift),
    handle: async (scope, { params, query }) => {
      const one = await getRota(scope.tx, scope.tenant.id, params.id);
      const from = query.from === undefined ? scope.now : readInstant('from', query.from, one.timeZone);
      const to =
        query.to === undefined ? later(from, USUAL_RANGE_MS) : readInstant('to', query.to, one.timeZone);
      if (to <= from) throw new Invalid([{ field: 'to', message: 'Must be later than `from`.' }]);
      if (between(from, to) > LONGEST_RANGE_MS) {
        throw new Invalid([{ field: 'to', message: 'At most a year at once.' }]);
      }
      return { items: showShifts(one, await listPeople(scope), from, to), nextCursor: null };
    },
  }),
  operation({
    id: 'addOverride',
    method: 'post',
    path: '/rotas/{id}/overrides',
    summary: 'Somebody else is on call for a while',
    permission: 'work',
    body: z.object({
      user: z.uuid(),
      insteadOf: z
        .uuid()
        .nullable()
        .optional()
        .describe('Only in turns of this person; left out: whoever has the turn.'),
      from: instant.nullable().optional().describe('Left out: now.'),
      to: instant,
    }),
    answer: rota,
    creates: true,
    handle: async (scope, { params, body }) => {
      const { tx, tenant, actor, now } = scope;
      const { timeZone } = await getRota(tx, tenant.id, params.id);
      const wanted = {
        user: body.user,
        insteadOf: body.insteadOf ?? null,
        from: body.from ? readInstant('from', body.from, timeZone) : now,
        to: readInstant('to', body.to, timeZone),
      };
      await addOverride(tx, tenant.id, params.id, wanted, actor.name, now);
      return show(scope, params.id);
    },
  }),
  operation({
    id: 'removeOverride',
    method: 'delete',
    path: '/rota-overrides/{id}',
    summary: 'The turns are again as they were without it',
    permission: 'work',
    answer: rota,
    handle: async (scope, { params }) => {
      const rotaId = await findRotaOfOverride(scope.tx, scope.tenant.id, params.id);
      await removeOverride(scope.tx, scope.tenant.id, params.id);
      return show(scope, rotaId);
    },
  }),
];

export const rotaOperations = [...turnOperations, ...shiftOperations];
