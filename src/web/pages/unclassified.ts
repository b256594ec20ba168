/** What triage could not classify, gathered into families: one decision, or one rule, for many mails. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { countEvents, NOBODY } from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import type { Family } from '../../triage/families/gather.ts';
import { RememberedFamilies } from '../../triage/families/remembered.ts';
import {
  countWaitingMails,
  listWaitingSignals,
  MOST_LOOKED_AT,
  type WaitingSignal,
} from '../../triage/families/waiting.ts';
import type { Piece } from '../../triage/templates/mark-variables.ts';
import { readTemplateSubjects } from '../../triage/templates/store.ts';
import { page, type PageScope } from '../page.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentSeverity } from '../presenters/severity.ts';
import { markSubject } from '../presenters/template.ts';
import { presentTime } from '../presenters/time.ts';

const MOST_FAMILIES = 24;
const SINGLES_PER_PAGE = 25;

const remembered = new RememberedFamilies();

const querySchema = z.object({ page: z.coerce.number().int().min(1).catch(1) });

export const unclassifiedPage = page({
  path: '/unclassified',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, role } = scope;
    const waiting = await listWaitingSignals(tx, tenant.id, now);
    const { families: gathered, isComplete } = await remembered.gather(tenant.id, waiting);
    const families = gathered.filter(({ size }) => size > 1);
    const singles = gathered.filter(({ size }) => size === 1);
    const last = Math.max(1, Math.ceil(singles.length / SINGLES_PER_PAGE));
    const number = Math.min(querySchema.parse(request.query).page, last);
    const mails = await countWaitingMails(tx, tenant.id, now);
    const shown = singles.slice((number - 1) * SINGLES_PER_PAGE, number * SINGLES_PER_PAGE);
    const largest = families.slice(0, MOST_FAMILIES);
    const templates = await readTemplateSubjects(tx, tenant.id, templatesOf([...largest, ...shown]));
    const present = (family: Family) => presentFamily(family, templates, scope);
    const events = await countEvents(tx, tenant.id, { state: 'open', interest: 'unclassified' }, NOBODY, now);
    return {
      view: 'unclassified',
      title: 'Unclassified',
      data: {
        sentence: describe(events, mails, families),
        hasEvents: events > 0,
        isComplete,
        families: largest.map(present),
        hidden: families.length > MOST_FAMILIES ? presentNumber(families.length - MOST_FAMILIES) : null,
        singles: shown.map(present),
        orgs: await listOrgs(tx, tenant.id),
        mayWork: may(role, 'work'),
        pager: last > 1 && {
          sentence: `page ${number} of ${last}`,
          previous: number > 1 ? `/unclassified?page=${number - 1}` : null,
          next: number < last ? `/unclassified?page=${number + 1}` : null,
        },
      },
    };
  },
});

/** `9 open events without severity or org · 638 mails, 621 of them in 5 families` */
function describe(events: number, mails: number, families: readonly Family[]): string {
  const first = `${presentNumber(events)} open event${events === 1 ? '' : 's'} without severity or org`;
  if (events === 0) return 'No open event is without severity or org';
  const looked =
    mails >= MOST_LOOKED_AT
      ? `the newest ${presentNumber(mails)} mails`
      : `${presentNumber(mails)} mail${mails === 1 ? '' : 's'}`;
  const inFamilies = families.reduce((sum, { size }) => sum + size, 0);
  const gathered =
    families.length > 0
      ? `, ${presentNumber(inFamilies)} of them in ${families.length === 1 ? 'one family' : `${presentNumber(families.length)} families`}`
      : '';
  return `${first} · ${looked}${gathered}`;
}

/** More names than this say "from everywhere". */
const SHOWN_NAMES = 3;
/** The form names the others by their signals. */
const SHOWN_SIGNALS = 3;

function templatesOf(families: readonly Family[]): string[] {
  return families.flatMap(({ signals }) =>
    signals.slice(0, SHOWN_SIGNALS).flatMap(({ templateId }) => templateId ?? []),
  );
}

function presentFamily(
  family: Family,
  templates: ReadonlyMap<string, string>,
  { now, timeZone, flash }: PageScope,
) {
  const { name, size, signals, senders, servers, firstAt, lastAt } = family;
  const [first] = signals;
  const mseId = first?.mseId ?? '';
  const severity = agreed(signals.map((signal) => signal.severity));
  const org = agreed(signals.map((signal) => signal.org));
  const form = presentForm(flash, mseId, { org: org ?? '', severity: severity ?? '' });
  return {
    id: mseId,
    name,
    size: presentNumber(size),
    subject: first?.subject || '(no subject)',
    samples: signals.slice(0, SHOWN_SIGNALS).map((signal) => presentSample(signal, templates)),
    signals: presentNumber(signals.length),
    isOneSignal: signals.length === 1,
    // The first is named by its mail.
    keys: signals
      .slice(1)
      .map(({ key }) => key)
      .join(','),
    href: `/mses/${mseId}`,
    ruleHref: ruleHref(family, mseId),
    senders: shorten(senders) ?? 'no sender',
    servers: shorten(servers),
    first: presentTime(firstAt, now, timeZone),
    last: presentTime(lastAt, now, timeZone),
    known: [severity ? presentSeverity(severity).word : '', org ?? ''].filter(Boolean).join(', ') || null,
    form,
    severities: presentOptions(
      [
        ['', 'leave open'],
        ['critical', 'Critical'],
        ['warn', 'Warn'],
        ['info', 'Info'],
      ] as const,
      form.severity.value,
    ),
    done: `${presentNumber(size)} mail${size === 1 ? ' is' : 's are'} classified.`,
  };
}

/** The subject of a mail, with the parts marked that vary in its template. */
function presentSample(
  { subject, templateId }: WaitingSignal,
  templates: ReadonlyMap<string, string>,
): Piece[] {
  const template = templates.get(templateId ?? '');
  const marked = template === undefined ? null : markSubject(subject, template);
  return marked ?? [{ text: subject || '(no subject)', isVariable: false }];
}

/** What is known of all; null when it differs or is known of some only. */
function agreed<T>(values: readonly (T | null)[]): T | null {
  const [first = null] = values;
  return values.every((value) => value === first) ? first : null;
}

function shorten(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length - SHOWN_NAMES;
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${presentNumber(more)} more` : ''}`;
}

function ruleHref({ signals, common: { sender, words } }: Family, mseId: string): string {
  const query = new URLSearchParams({ mse: mseId });
  if (signals.length > 1) {
    if (sender) query.set('sender', sender);
    if (words.length > 0) query.set('words', words.join(' '));
  }
  return `/rules/new?${query.toString()}`;
}
