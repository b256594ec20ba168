/** Silences and maintenance windows: who made which, when they are on, and what they kept from people. */
import { z } from 'zod';
import { describeScope, describeTimes } from '../../silences/describe.ts';
import { countHidden, listHidden } from '../../silences/hidden.ts';
import { findInScope } from '../../silences/in-scope.ts';
import type { Silence } from '../../silences/silence.ts';
import {
  addSilence,
  changeSilence,
  endSilence,
  getSilence,
  listSilences,
  removeSilence,
} from '../../silences/store.ts';
import { nextWindow, stateOf, windowAt } from '../../silences/windows.ts';
import { operation, whole, type Scope } from '../operation.ts';
import { eventKind, maybeSeverity } from '../schemas/event.ts';
import {
  changeOf,
  namesOf,
  newSilenceOf,
  readForm,
  recurrence,
  scopeInput,
  scopeOf,
  silenceInput,
} from './silence-input.ts';

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
      const change = await changeOf(scope, body, present);
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
