/** What triage could not classify, gathered into families: one decision, or one rule, for many mails. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { countEvents, NOBODY } from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import {
  countWaitingFamilies,
  listFamilies,
  listSingles,
  MOST_LOOKED_AT,
  type Family,
  type WaitingCounts,
} from '../../triage/families.ts';
import { page, type PageScope } from '../page.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentSeverity } from '../presenters/severity.ts';
import { presentTime } from '../presenters/time.ts';

const MOST_FAMILIES = 24;
const SINGLES_PER_PAGE = 25;

const querySchema = z.object({ page: z.coerce.number().int().min(1).catch(1) });

export const unclassifiedPage = page({
  path: '/unclassified',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, now, role } = scope;
    const counts = await countWaitingFamilies(tx, tenant.id, now);
    const last = Math.max(1, Math.ceil(counts.singles / SINGLES_PER_PAGE));
    const number = Math.min(querySchema.parse(request.query).page, last);
    const slice = { limit: SINGLES_PER_PAGE, offset: (number - 1) * SINGLES_PER_PAGE };
    const families = await listFamilies(tx, tenant.id, MOST_FAMILIES, now);
    const singles = await listSingles(tx, tenant.id, slice, now);
    const events = await countEvents(tx, tenant.id, { state: 'open', interest: 'unclassified' }, NOBODY, now);
    return {
      view: 'unclassified',
      title: 'Unclassified',
      data: {
        sentence: describe(events, counts),
        hasEvents: events > 0,
        families: families.map((family) => presentFamily(family, scope)),
        hidden: counts.families > families.length ? presentNumber(counts.families - families.length) : null,
        singles: singles.map((single) => presentFamily(single, scope)),
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
function describe(events: number, { mails, families, inFamilies }: WaitingCounts): string {
  const first = `${presentNumber(events)} open event${events === 1 ? '' : 's'} without severity or org`;
  if (events === 0) return 'No open event is without severity or org';
  const looked =
    mails >= MOST_LOOKED_AT
      ? `the newest ${presentNumber(mails)} mails`
      : `${presentNumber(mails)} mail${mails === 1 ? '' : 's'}`;
  const gathered =
    families > 0
      ? `, ${presentNumber(inFamilies)} of them in ${families === 1 ? 'one family' : `${presentNumber(families)} families`}`
      : '';
  return `${first} · ${looked}${gathered}`;
}

function presentFamily(family: Family, { now, timeZone, flash }: PageScope) {
  const { size, mseId, subject, severity, org, senders, servers, firstAt, lastAt } = family;
  const form = presentForm(flash, mseId, { org: org ?? '', severity: severity ?? '' });
  return {
    id: mseId,
    size: presentNumber(size),
    subject: subject || '(no subject)',
    href: `/mses/${mseId}`,
    ruleHref: `/rules/new?mse=${mseId}`,
    eventsHref: '/events?interest=unclassified',
    senders: senders.join(', ') || 'no sender',
    servers: servers?.join(', ') || null,
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
