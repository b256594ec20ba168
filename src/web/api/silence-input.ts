/** What somebody asks of a silence, from the API or a form: its scope, its times by the clocks of a zone, and what is wrong. */
import { z } from 'zod';
import { later, MINUTE } from '../../kernel/clock.ts';
import { Invalid } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import type { Silence, SilenceScope } from '../../silences/silence.ts';
import { requireAcceptable, type NewSilence } from '../../silences/store.ts';
import { listRules } from '../../triage/rules/store.ts';
import { listStreamNames } from '../../watchdog/stream-names.ts';
import { bodyFromForm } from '../form-body.ts';
import type { Scope } from '../operation.ts';
import { serverName } from '../schemas/event.ts';
import { readInstant } from './read-instant.ts';

export const recurrence = z.object({
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

export const scopeInput = z.object({
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
export function readForm(fields: Record<string, unknown>): Record<string, unknown> | null {
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

/** Of the schedules and rules that silences name. */
export async function namesOf(scope: Scope, silences: readonly SilenceScope[]): Promise<Map<string, string>> {
  const streams = silences.flatMap((one) => one.streams);
  const asksForRules = silences.some(({ rules }) => rules.length > 0);
  const rules = asksForRules ? await listRules(scope.tx, scope.tenant.id) : [];
  return new Map([
    ...(await listStreamNames(scope.tx, scope.tenant.id, [...new Set(streams)])),
    ...rules.map(({ id, name }): [string, string] => [id, name]),
  ]);
}

/** @throws Invalid for schedules and rules that the tenant does not have */
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

export function scopeOf(body: z.output<typeof scopeInput>): SilenceScope {
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
export async function newSilenceOf(scope: Scope, body: SilenceBody): Promise<NewSilence> {
  await requireKnown(scope, body);
  const times = { from: null, to: null, recurrence: null, ...timesOf(scope, body, null) };
  return { reason: body.reason, ...scopeOf(body), ...times };
}

/** @throws Invalid */
export async function changeOf(
  scope: Scope,
  body: Partial<SilenceBody>,
  present: Silence,
): Promise<Partial<NewSilence>> {
  await requireKnown(scope, body);
  const { reason, orgs, servers, streams, rules } = body;
  return { ...given({ reason, orgs, servers, streams, rules }), ...timesOf(scope, body, present) };
}
