/**
 * The form of a silence: filled in by what was typed, else by its address (a preview, or a link that names a scope), else
 * by the silence as it is; with the preview of what it would silence.
 */
import { findListedEvent, NOBODY } from '../events/list.ts';
import { formatLocal, listTimeZones } from '../kernel/calendar.ts';
import { earliest } from '../kernel/clock.ts';
import { AppError } from '../kernel/errors.ts';
import { describeScope, describeTimes } from '../silences/describe.ts';
import { findInScope } from '../silences/in-scope.ts';
import type { Silence } from '../silences/silence.ts';
import { isActive, nextWindow } from '../silences/windows.ts';
import { listRules } from '../triage/rules/store.ts';
import { listStreamNames } from '../watchdog/stream-names.ts';
import { readSilence } from './api/silence-input.ts';
import type { PageScope } from './page.ts';
import { presentOptions } from './presenters/form.ts';
import { presentNumber } from './presenters/number.ts';
import { presentSeverity } from './presenters/severity.ts';

type Values = Record<string, unknown>;

const KEY = 'silence';
/** Of the form's own; the rest of an address is the silence's. */
const PREVIEW = 'preview';

export async function loadSilenceForm(scope: PageScope, silence: Silence | null, query: Values) {
  const { flash, tx, tenant, timeZone } = scope;
  const refused = flash?.kind === 'bad' && flash.values['_form'] === KEY ? flash : null;
  const isAsked = query[PREVIEW] !== undefined;
  const given = refused?.values ?? (silence === null || isAsked ? query : null);
  const values = given ?? valuesOf(silence, timeZone);
  const text = (name: string, usual = ''): string => textOf(values, name) ?? usual;
  const faultOf = (name: string): string | null =>
    refused?.faults.find(({ field }) => field === name.replace(/\[(\w+)\]/, '.$1'))?.message ?? null;
  const field = (name: string, usual = '') => ({
    id: `${KEY}-${name.replace(/\W+/g, '-').replace(/-$/, '')}`,
    name,
    value: text(name, usual),
    fault: faultOf(name),
  });
  const repeats = text('_repeats', 'once');
  const rules = await listRules(tx, tenant.id);
  const chosenStreams = listOf(values, 'streams');
  const streams = await listStreamNames(tx, tenant.id, chosenStreams.filter(isId));
  const weekdays = listOf(values, 'recurrence[weekdays]');
  return {
    key: KEY,
    isNew: silence === null,
    action: silence ? `/silences/${silence.id}` : '/silences',
    page: silence ? `/settings/silences/${silence.id}` : '/settings/silences/new',
    reason: field('reason'),
    orgs: { ...field('orgs'), value: listOf(values, 'orgs').join(' ') },
    servers: { ...field('servers'), value: listOf(values, 'servers').join(' ') },
    streams: [...streams].map(([id, name]) => ({ id, name })),
    streamsFault: faultOf('streams'),
    rules: rules.map(({ id, name }) => ({ id, name, isChosen: listOf(values, 'rules').includes(id) })),
    hasRules: listOf(values, 'rules').length > 0,
    repeats: KINDS.map(({ value, word }) => ({ value, word, isChosen: value === repeats })),
    from: field('from'),
    to: field('to'),
    minutes: field('minutes'),
    lengths: presentOptions(LENGTHS, text('minutes')),
    weekdays: WEEKDAYS.map((word, index) => ({
      value: index + 1,
      word,
      isChosen: weekdays.includes(String(index + 1)),
    })),
    weekdaysFault: faultOf('recurrence[weekdays]'),
    monthDays: {
      ...field('recurrence[monthDays]'),
      value: listOf(values, 'recurrence[monthDays]').join(' '),
    },
    start: field('recurrence[start]', '02:00'),
    durationMinutes: field('recurrence[durationMinutes]', '120'),
    zone: field('recurrence[timezone]', timeZone),
    timeZone,
    timeZones: listTimeZones(),
    preview: isAsked ? await preview(scope, values) : null,
  };
}

const KINDS = [
  { value: 'once', word: 'Once' },
  { value: 'weekly', word: 'On days of the week' },
  { value: 'monthly', word: 'On days of the month' },
];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const LENGTHS = [
  ['', 'until…'],
  ['30', '30 minutes'],
  ['60', '1 hour'],
  ['120', '2 hours'],
  ['240', '4 hours'],
  ['480', '8 hours'],
  ['1440', '1 day'],
  ['10080', '1 week'],
] as const;

/** A silence as its form would have sent it. */
function valuesOf(silence: Silence | null, timeZone: string): Values {
  if (!silence) return {};
  const { reason, orgs, servers, streams, rules, from, to, recurrence, endedAt } = silence;
  const kind = recurrence ? (recurrence.weekdays.length > 0 ? 'weekly' : 'monthly') : 'once';
  const local = (instant: Date): string => formatLocal(instant, timeZone, "yyyy-LL-dd'T'HH:mm");
  return {
    reason,
    orgs,
    servers,
    streams,
    rules,
    _repeats: kind,
    ...(from ? { from: local(from) } : {}),
    // What somebody ended stays ended, unless a later end is typed.
    ...(to ? { to: local(endedAt ? earliest(endedAt, to) : to) } : {}),
    ...(recurrence
      ? {
          recurrence: {
            ...recurrence,
            weekdays: recurrence.weekdays.map(String),
            monthDays: recurrence.monthDays.map(String),
            durationMinutes: String(recurrence.durationMinutes),
          },
        }
      : {}),
  };
}

/** An address has `recurrence[start]` as it is written, a form's body has it read. */
function valueOf(values: Values, name: string): unknown {
  if (name in values) return values[name];
  const [, outer = '', inner = ''] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
  const nested = values[outer];
  return typeof nested === 'object' && nested !== null ? (nested as Values)[inner] : undefined;
}

function textOf(values: Values, name: string): string | null {
  const value = valueOf(values, name);
  return typeof value === 'string' ? value : null;
}

function listOf(values: Values, name: string): string[] {
  const value = valueOf(values, name);
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.flatMap((part) => (typeof part === 'string' ? part.split(/[\s,]+/).filter(Boolean) : []));
}

function isId(text: string): boolean {
  return /^[0-9a-f-]{36}$/.test(text);
}

async function preview(scope: PageScope, values: Values) {
  const { tx, tenant, now, timeZone } = scope;
  try {
    const wanted = await readSilence(scope, nested(values, timeZone));
    const found = await findInScope(tx, tenant.id, [wanted], { state: 'open', before: null }, MOST_SHOWN);
    const events = [];
    for (const id of found.events) {
      const event = await findListedEvent(tx, tenant.id, id, NOBODY, now);
      if (event) events.push({ ...event, href: `/events/${id}`, severity: presentSeverity(event.severity) });
    }
    const timed = { ...wanted, endedAt: null };
    const next = nextWindow(timed, now);
    const names = await listStreamNames(tx, tenant.id, wanted.streams);
    for (const rule of await listRules(tx, tenant.id)) names.set(rule.id, rule.name);
    return {
      fault: null,
      when: describeTimes({ ...timed, id: '', createdBy: '', createdAt: now }, timeZone),
      what: describeScope(wanted, names),
      next: isActive(timed, now)
        ? 'on at once'
        : next
          ? `next: ${formatLocal(next.from, timeZone, 'd LLL HH:mm')}`
          : 'over already',
      count: `${found.isComplete ? '' : 'at least '}${presentNumber(found.count)} open event${found.count === 1 ? '' : 's'}`,
      events,
      more: found.count - events.length,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 400) throw error;
    return { fault: error.faults.map(({ message }) => message).join(' '), events: [] };
  }
}

const MOST_SHOWN = 10;

/** An address in the shape of a form's body. */
function nested(values: Values, timeZone: string): Values {
  const body: Values = { timezone: timeZone };
  for (const [name, value] of Object.entries(values)) {
    const [, outer, inner] = /^(\w+)\[(\w+)\]$/.exec(name) ?? [];
    if (name === PREVIEW) continue;
    if (outer && inner) body[outer] = { ...(body[outer] as Values | undefined), [inner]: value };
    else body[name] = value;
  }
  return body;
}
