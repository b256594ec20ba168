/** Who would be told: at once and by what, what would hold it back, and who is next while nobody takes the event. */
import { z } from 'zod';
import { listGroups } from '../../accounts/groups.ts';
import { listMembers } from '../../accounts/users.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { latest } from '../../kernel/clock.ts';
import { foresee, type Foreseen } from '../../outbound/audience/foresee.ts';
import { keyOf } from '../../outbound/audience/told.ts';
import {
  foreseeLadder,
  foreseeLadderOf,
  type ForeseenLadder,
} from '../../outbound/escalation/foresee-ladder.ts';
import { TARGET_KINDS } from '../../outbound/escalation/policy.ts';
import { findSilencesOf } from '../../silences/covering.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { orgPath, person, severity } from '../schemas/event.ts';
import { getListedEvent } from './events.ts';

const member = z.object({
  id: z.string(),
  kind: z.enum(['person', 'channel']),
  name: z.string(),
  email: z.string().nullable().describe('Of a person.'),
  level: z.enum(['responder', 'interested']),
  told: z.enum(['now', 'later', 'no']).describe('If it happened now.'),
  until: z.date().nullable().describe('When it is told, if later.'),
  reason: z.string().nullable().describe('Why not now.'),
  by: z.array(
    z.object({ subscription: z.string(), group: z.string(), groupName: z.string(), pattern: z.string() }),
  ),
});

const ladder = z.object({
  policy: z.object({ id: z.string(), name: z.string() }),
  steps: z.array(
    z.object({
      number: z.number().int(),
      afterMinutes: z.number().int(),
      at: z.date().describe('If nobody takes it until then.'),
      targets: z.array(
        z.object({
          kind: z.enum(TARGET_KINDS),
          id: z.string(),
          name: z.string().nullable(),
          users: z
            .array(
              person.extend({
                isUnreachable: z.boolean().describe('Mail to them came back: tried, not waited for.'),
              }),
            )
            .describe('At that instant.'),
          until: z.date().nullable().describe('Of a rota: when somebody else is on call.'),
        }),
      ),
    }),
  ),
  repeats: z.number().int().describe('How often the steps begin again then.'),
  remindedAt: z.date().nullable().describe('When who has it is reminded, if they do nothing.'),
});

const audience = whole(member).extend({
  silencedUntil: z.date().nullable().describe('Until then nobody is told, except in a summary at its end.'),
  escalation: ladder.nullable().describe('Null: nobody else is told.'),
});

type People = ReadonlyMap<string, z.output<typeof person>>;

/** Responders first, then by name. */
async function showAudience(
  { tx, tenant }: Scope,
  foreseen: readonly Foreseen[],
  climbed: ForeseenLadder | null,
  silencedUntil: Date | null,
) {
  const members = await listMembers(tx, tenant.id);
  const people: People = new Map(members.map(({ id, name, email }) => [id, { id, name, email }]));
  const groups = new Map((await listGroups(tx, tenant.id)).map(({ id, name }) => [id, name]));
  const items = foreseen.map(({ listener, name, answer }) => {
    const { userId, level, by } = listener;
    const reasons = by.map(({ id, group, pattern }) => ({
      subscription: id,
      group,
      groupName: groups.get(group) ?? '',
      pattern,
    }));
    const kind = userId ? ('person' as const) : ('channel' as const);
    const email = (userId && people.get(userId)?.email) ?? null;
    return { id: keyOf(listener), kind, name, email, level, by: reasons, ...showAnswer(answer) };
  });
  return {
    items: items.sort((a, b) => b.level.localeCompare(a.level) || a.name.localeCompare(b.name)),
    nextCursor: null,
    silencedUntil,
    escalation: climbed && showLadder(climbed, people),
  };
}

const TOLD = { now: 'now', held: 'later', dropped: 'no' } as const;

function showAnswer(answer: Foreseen['answer']) {
  return {
    told: TOLD[answer.kind],
    until: answer.kind === 'held' ? answer.until : null,
    reason: answer.kind === 'now' ? null : answer.reason,
  };
}

function showLadder({ policy, steps, repeats, remindedAt }: ForeseenLadder, people: People) {
  return {
    policy: { id: policy.id, name: policy.name },
    steps: steps.map(({ reached, ...step }) => ({
      ...step,
      targets: reached.map(({ target, name, told, unreachable, until }) => ({
        ...target,
        name,
        until,
        users: told.flatMap(({ userId }) => {
          const known = userId && people.get(userId);
          return known ? [{ ...known, isUnreachable: unreachable.includes(known.id) }] : [];
        }),
      })),
    })),
    repeats,
    remindedAt,
  };
}

export async function findAudience(scope: Scope, org: string | null, wanted: MaybeSeverity) {
  const { tx, tenant, now } = scope;
  const foreseen = await foresee(tx, tenant.id, { org, severity: wanted, eventId: null }, now);
  const ends = await findSilencesOf(tx, tenant.id, org, now);
  const silencedUntil = ends.length > 0 ? latest(...ends) : null;
  return showAudience(scope, foreseen, await foreseeLadder(tx, tenant.id, org, wanted, now), silencedUntil);
}

export async function findAudienceOf(scope: Scope, id: string) {
  const { tx, tenant, now } = scope;
  const event = await getListedEvent(scope, id);
  const eventId = event.id;
  const foreseen = await foresee(tx, tenant.id, { ...event, eventId }, now);
  return showAudience(
    scope,
    foreseen,
    await foreseeLadderOf(tx, tenant.id, eventId, now),
    event.silencedUntil,
  );
}

export const audienceOperations = [
  operation({
    id: 'getAudience',
    method: 'get',
    path: '/audience',
    summary: 'Who would be told of an event with this path and severity, and who next while nobody takes it',
    permission: 'read',
    query: z.object({ org: orgPath.optional(), severity: severity.optional() }),
    answer: audience,
    handle: async (scope, { query }) => findAudience(scope, query.org ?? null, query.severity ?? null),
  }),
  operation({
    id: 'getEventAudience',
    method: 'get',
    path: '/events/{id}/audience',
    summary: 'Who would be told of this event now, and who is next while nobody takes it',
    permission: 'read',
    answer: audience,
    handle: async (scope, { params }) => findAudienceOf(scope, params.id),
  }),
];
