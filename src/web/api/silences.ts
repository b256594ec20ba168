/** Silences and maintenance windows: who made which, when they are on, and what they kept from people. */
import { z } from 'zod';
import { later, MINUTE } from '../../kernel/clock.ts';
import { Invalid } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import { describeScope, describeTimes } from '../../silences/describe.ts';
import { countHidden, listHidden } from '../../silences/hidden.ts';
import { findInScope } from '../../silences/in-scope.ts';
import type { Silence, SilenceScope } from '../../silences/silence.ts';
import {
  addSilence,
  changeSilence,
  endSilence,
  getSilence,
  listSilences,
  removeSilence,
  requireAcceptable,
  type NewSilence,
} from '../../silences/store.ts';
import { nextWindow, stateOf, windowAt } from '../../silences/windows.ts';
import { listRules } from '../../triage/rules/store.ts';
import { listStreamNames } from '../../watchdog/stream-names.ts';
import { bodyFromForm } from '../form-body.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { eventKind, maybeSeverity, serverName } from '../schemas/event.ts';
import { readInstant } from './read-instant.ts';

const recurrence = z.object({
  weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([]).describe('1 is Monday, 7 Sunday.'),
  monthDays: z
    .array(z.number().int().min(1).max(31))
    .max(31)
    .default([])
    .describe('In a month that has no such day its last one.'),
  start: z.string().regex(/^\d{2}:\d{2}$/, 'Give HH:MM.'),
  durationMinutes: z.number().int().describe('Of the clocks: when they are put back, an hour longer.'),
  timezone: z.string().max(100),
});

const window = z.object({ from: z.date(), to: z.date() });

const silence = z
  .object({
    id: z.string(),
    reason: z.string(),
    orgs: z.array(z.string()),
    servers: z.array(z.string()),
    streams: z.array(z.string()),
    rules: z.array(z.string()),
    from: z.date().nullable(),
    to: z.date().nullable(),
    recurrence: recurrence.nullable(),
    state: z.enum(['active', 'coming', 'past']),
    activeUntil: z.date().nullable().describe('When the window ends that is running.'),
    next: window.nullable().describe('The first window that has not begun.'),
    when: z.string().describe('In words.'),
    what: z.string().describe('In words.'),
    hid: z.object({ events: z.number().int(), notices: z.number().int() }),
    createdBy: z.string(),
    createdAt: z.date(),
    endedAt: z.date().nullable().describe('When somebody ended a window before its time.'),
  })
  .meta({ id: 'Silence' });

const hiddenEvent = z.object({
  id: z.string(),
  number: z.number().int(),
  title: z.string(),
  kind: eventKind,
  state: z.enum(['open', 'completed', 'merged']),
  severity: maybeSeverity,
  hiddenAt: z.date(),
  notices: z.number().int(),
  settledAt: z.date().nullable().describe('When people were told, or another silence took it over.'),
});

const scopeInput = z.object({
  orgs: z
    .array(z.string().trim().toLowerCase().max(300))
    .max(50)
    .optional()
    .describe('Patterns as in subscriptions: `a.b.c`, `a.b.*`, `*`, `!a.b.test`.'),
  servers: z.array(serverName).max(50).optional().describe('Covers events of no other server.'),
  streams: z.array(z.uuid()).max(50).optional().describe('Ids of schedules.'),
  rules: z
    .array(z.uuid())
    .max(50)
    .optional()
    .describe('Covers events all of whose mails such a rule matched.'),
});

const instant = z
  .string()
  .max(40)
  .describe('An instant, or without an offset a time of the clocks in `timezone`.');

const LONGEST_MINUTES = 366 * 24 * 60;

export const silenceInput = scopeInput.extend({
  reason: z.string().trim().min(1, 'Say why, for the others.').max(500),
  from: instant.nullable().optional().describe('Left out: now.'),
  to: instant.nullable().optional(),
  minutes: z.number().int().min(1).max(LONGEST_MINUTES).nullable().optional().describe('In place of `to`.'),
  timezone: z.string().max(100).optional().describe("Of `from` and `to`; left out: the tenant's."),
  recurrence: recurrence
    .extend({ timezone: z.string().max(100).optional().describe("Left out: the tenant's.") })
    .nullable()
    .optional(),
});

type SilenceBody = z.output<typeof silenceInput>;

/** Forms show the fields of all kinds of silences: those of the other kinds do not count. */
function readForm(fields: Record<string, unknown>): Record<string, unknown> | null {
  const { _repeats: kind, from, to, minutes, recurrence: recurring, ...rest } = fields;
  if (typeof kind !== 'string') return null;
  if (kind === 'once') {
    // A length that was chosen counts, not the end that stands beside it.
    return bodyFromForm(silenceInput, { ...rest, from, ...(minutes ? { minutes } : { to }) });
  }
  const days = recurring as Record<string, unknown> | undefined;
  const others = kind === 'weekly' ? { monthDays: [] } : { weekdays: [] };
  return bodyFromForm(silenceInput, { ...rest, recurrence: { ...days, ...others } });
}

/** @throws Invalid for schedules and rules that the tenant does not have */
async function namesOf(scope: Scope, silences: readonly SilenceScope[]): Promise<Map<string, string>> {
  const streams = silences.flatMap((one) => one.streams);
  const asksForRules = silences.some(({ rules }) => rules.length > 0);
  const rules = asksForRules ? await listRules(scope.tx, scope.tenant.id) : [];
  return new Map([
    ...(await listStreamNames(scope.tx, scope.tenant.id, [...new Set(streams)])),
    ...rules.map(({ id, name }): [string, string] => [id, name]),
  ]);
}

async function requireKnown(scope: Scope, body: z.output<typeof scopeInput>): Promise<void> {
  const wanted = scopeOf(body);
  const names = await namesOf(scope, [wanted]);
  const faults = [
    ...(wanted.streams.every((id) => names.has(id))
      ? []
      : [{ field: 'streams', message: 'There is no such schedule.' }]),
    ...(wanted.rules.every((id) => names.has(id))
      ? []
      : [{ field: 'rules', message: 'There is no such rule.' }]),
  ];
  if (faults.length > 0) throw new Invalid(faults);
}

function scopeOf(body: z.output<typeof scopeInput>): SilenceScope {
  const { orgs = [], servers = [], streams = [], rules = [] } = body;
  return { orgs, servers, streams, rules };
}

type Times = Pick<NewSilence, 'from' | 'to' | 'recurrence'>;

/** What is left out stays as it is: a new end leaves the beginning. @throws Invalid */
function timesOf({ tenant, now }: Scope, body: Partial<SilenceBody>, present: Times | null): Partial<Times> {
  const { from, to, minutes, recurrence: recurring } = body;
  if (recurring) {
    return {
      from: null,
      to: null,
      recurrence: { ...recurring, timezone: recurring.timezone ?? tenant.timeZone },
    };
  }
  if (from === undefined && to === undefined && minutes === undefined && recurring === undefined) return {};
  const zone = body.timezone ?? tenant.timeZone;
  const begins = from
    ? readInstant('from', from, zone)
    : (from === undefined && present?.from) || startOfMinute(now);
  const ends = minutes ? later(begins, minutes * MINUTE) : to ? readInstant('to', to, zone) : null;
  return { from: begins, to: ends ?? present?.to ?? null, recurrence: null };
}

/** Forms show minutes: what began within one would begin anew when it is saved again. */
function startOfMinute(instant: Date): Date {
  return later(instant, -(instant.getTime() % MINUTE));
}

/** What a form or its address says, before it is saved. @throws Invalid */
export async function readSilence(scope: Scope, fields: Record<string, unknown>): Promise<NewSilence> {
  const read = silenceInput.safeParse(readForm(fields) ?? bodyFromForm(silenceInput, fields));
  if (!read.success) {
    throw new Invalid(read.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })));
  }
  const wanted = await newSilenceOf(scope, read.data);
  requireAcceptable(wanted);
  return wanted;
}

/** @throws Invalid */
async function newSilenceOf(scope: Scope, body: SilenceBody): Promise<NewSilence> {
  await requireKnown(scope, body);
  const times = { from: null, to: null, recurrence: null, ...timesOf(scope, body, null) };
  return { reason: body.reason, ...scopeOf(body), ...times };
}

export async function presentSilences(scope: Scope, silences: readonly Silence[], timeZone?: string) {
  const { tx, tenant, now } = scope;
  const names = await namesOf(scope, silences);
  const hid = await countHidden(
    tx,
    tenant.id,
    silences.map(({ id }) => id),
  );
  return silences.map((one) => ({
    ...one,
    state: stateOf(one, now),
    activeUntil: windowAt(one, now)?.to ?? null,
    next: nextWindow(one, now),
    when: describeTimes(one, timeZone ?? tenant.timeZone),
    what: describeScope(one, names),
    hid: hid.get(one.id) ?? { events: 0, notices: 0 },
  }));
}

async function show(scope: Scope, id: string) {
  const [shown] = await presentSilences(scope, [await getSilence(scope.tx, scope.tenant.id, id)]);
  if (!shown) throw new Error('one silence is presented as one');
  return shown;
}

const MOST_PREVIEWED = 10;

export const silenceOperations = [
  operation({
    id: 'listSilences',
    method: 'get',
    path: '/silences',
    summary: 'Silences and maintenance windows, newest first',
    permission: 'read',
    query: z.object({ state: z.enum(['active', 'coming', 'past']).optional() }),
    answer: whole(silence),
    handle: async (scope, { query }) => {
      const all = await listSilences(scope.tx, scope.tenant.id);
      const wanted = all.filter((one) => !query.state || stateOf(one, scope.now) === query.state);
      return { items: await presentSilences(scope, wanted), nextCursor: null };
    },
  }),

  operation({
    id: 'addSilence',
    method: 'post',
    path: '/silences',
    summary: 'Mute notices for a while, or again and again; events, recoveries and lists go on as ever',
    permission: 'work',
    body: silenceInput,
    answer: silence,
    creates: true,
    readForm,
    handle: async (scope, { body }) => {
      const { tx, tenant, actor, now } = scope;
      const wanted = await newSilenceOf(scope, body);
      return show(scope, (await addSilence(tx, tenant.id, wanted, actor.name, now)).id);
    },
  }),

  operation({
    id: 'previewSilence',
    method: 'post',
    path: '/silences/preview',
    summary: 'Which open events a scope covers now; stores nothing',
    permission: 'read',
    body: scopeInput,
    answer: z.object({
      count: z.number().int(),
      isComplete: z.boolean().describe('False when there were more open events than were looked at.'),
      events: z.array(z.string()).describe('Ids of the first ones, the most severe first.'),
    }),
    handle: async ({ tx, tenant }, { body }) =>
      findInScope(tx, tenant.id, [scopeOf(body)], { state: 'open', before: null }, MOST_PREVIEWED),
  }),

  operation({
    id: 'getSilence',
    method: 'get',
    path: '/silences/{id}',
    summary: 'One silence, and the events that it kept from people',
    permission: 'read',
    answer: silence.extend({ hidden: z.array(hiddenEvent) }),
    handle: async (scope, { params }) => ({
      ...(await show(scope, params.id)),
      hidden: await listHidden(scope.tx, scope.tenant.id, params.id),
    }),
  }),

  operation({
    id: 'changeSilence',
    method: 'patch',
    path: '/silences/{id}',
    summary: 'Change a silence; what is left out stays, and what it covers no more is told',
    permission: 'work',
    body: silenceInput.partial(),
    answer: silence,
    readForm,
    handle: async (scope, { params, body }) => {
      const { tx, tenant, now } = scope;
      const present = await getSilence(tx, tenant.id, params.id);
      await requireKnown(scope, body);
      const { reason, orgs, servers, streams, rules } = body;
      const change = {
        ...given({ reason, orgs, servers, streams, rules }),
        ...timesOf(scope, body, present),
      };
      await changeSilence(tx, tenant.id, params.id, change, now);
      return show(scope, params.id);
    },
  }),

  operation({
    id: 'endSilence',
    method: 'post',
    path: '/silences/{id}/end',
    summary: 'End the window that is running; what it hid is summed up at once',
    permission: 'work',
    answer: silence,
    handle: async (scope, { params }) => {
      await endSilence(scope.tx, scope.tenant.id, params.id, scope.now);
      return show(scope, params.id);
    },
  }),

  operation({
    id: 'removeSilence',
    method: 'delete',
    path: '/silences/{id}',
    summary: 'Remove a silence; what it hid is summed up at once',
    permission: 'work',
    answer: silence,
    handle: async (scope, { params }) => {
      const removed = await show(scope, params.id);
      await removeSilence(scope.tx, scope.tenant.id, params.id, scope.now);
      return removed;
    },
  }),
];
