/** The historical report: figures, charts and tables of a range, and the same numbers as CSV and JSON. */
import type { Request } from 'express';
import { z } from 'zod';
import { listOrgs } from '../../events/orgs.ts';
import { formatLocal, parseLocal } from '../../kernel/calendar.ts';
import { Invalid } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import { historyCsv } from '../../reports/formats/csv.ts';
import { historyCourse } from '../../reports/history-course.ts';
import {
  historyReport,
  SEVERITY_NAMES,
  type HistoryRange,
  type HistoryReport,
} from '../../reports/history.ts';
import { listReportMails } from '../../reports/mails/report-mails.ts';
import { historyQuery, readHistoryRange } from '../api/reports.ts';
import { RawAnswer } from '../operation.ts';
import { page, type PageScope } from '../page.ts';
import { delaysChart, eventsChart, mailsChart, shownSeverity } from '../presenters/report-charts.ts';
import { presentReportMailForm, presentReportMails } from '../presenters/report-mails.ts';
import { presentCourse, presentDelays, presentFigures } from '../presenters/report.ts';
import { PRESET_WORDS, PRESETS, presetRange, stepsOf, type Range } from '../report-range.ts';

/** Forms send empty fields; a misspelt filter is none. */
const emptyIsAbsent = (schema: z.ZodType<string | undefined>) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional()).catch(undefined);

const querySchema = z.object({
  range: emptyIsAbsent(z.enum(PRESETS)),
  from: emptyIsAbsent(z.string().max(40)),
  to: emptyIsAbsent(z.string().max(40)),
  org: emptyIsAbsent(z.string().trim().toLowerCase().max(200)),
  severity: emptyIsAbsent(z.enum(SEVERITY_NAMES as [string, ...string[]])),
});

interface Query {
  range?: (typeof PRESETS)[number] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  org?: string | undefined;
  severity?: (typeof SEVERITY_NAMES)[number] | undefined;
}

const reportPage = page({
  path: '/reports',
  permission: 'read',
  load: async (scope, request) => {
    const { tx, tenant, user, flash, now, timeZone, services } = scope;
    const query = querySchema.parse(request.query) as Query;
    const { range, faults } = readRange(query, scope);
    const filter: HistoryRange = { ...range, ...given({ org: query.org, severity: query.severity }) };
    const hasFaults = Object.keys(faults).length > 0;
    return {
      view: 'report',
      title: 'Report',
      status: hasFaults ? 400 : 200,
      data: {
        sentence: hasFaults ? 'Nothing to show for this range' : describe(tenant.name, filter, timeZone),
        presets: presentPresets(query),
        query: {
          from: query.from ?? formatLocal(range.from, timeZone, 'yyyy-MM-dd'),
          to: query.to ?? formatLocal(range.to, timeZone, 'yyyy-MM-dd'),
          org: query.org ?? '',
        },
        faults,
        orgs: await listOrgs(tx, tenant.id),
        severities: [
          { value: '', word: 'Any severity', isChosen: !query.severity },
          ...SEVERITY_NAMES.map((value) => ({
            value,
            word: shownSeverity(value).word,
            isChosen: value === query.severity,
          })),
        ],
        downloads: hasFaults ? null : downloadLinks(filter),
        report: hasFaults ? null : await showReport(scope, filter),
        mails: presentReportMails(await listReportMails(tx, tenant.id, user.id), now, timeZone),
        wish: presentReportMailForm(flash, query, timeZone),
        email: user.email,
        hasMailServer: services.mail !== null,
      },
    };
  },
});

interface ReadRange {
  range: Range;
  /** By field. */
  faults: Record<string, string>;
}

const USUAL_PRESET = '7d';

/** Dates win over a preset; a missing one is that of the preset. */
function readRange(query: Query, { now, timeZone }: PageScope): ReadRange {
  const preset = presetRange(query.range ?? USUAL_PRESET, now, timeZone);
  const faults: Record<string, string> = {};
  const read = (field: 'from' | 'to'): Date => {
    const text = query.range ? undefined : query[field];
    if (text === undefined) return preset[field];
    const instant = parseLocal(text, timeZone);
    if (!instant) faults[field] = 'Give a date such as 2026-03-12.';
    return instant ?? preset[field];
  };
  const range = { from: read('from'), to: read('to') };
  if (Object.keys(faults).length === 0 && range.from >= range.to) {
    faults['to'] = 'The range ends before it begins: choose a later day.';
  }
  return { range, faults };
}

/** `Acme · Mon 2 Mar 2026 to Thu 12 Mar 2026 (excluded), Europe/Berlin · all orgs, all severities` */
function describe(tenant: string, { from, to, org, severity }: HistoryRange, timeZone: string): string {
  const format = 'ccc d LLL yyyy, HH:mm';
  const range = `${formatLocal(from, timeZone, format)} to ${formatLocal(to, timeZone, format)} (excluded), ${timeZone}`;
  const what = `${org ? `${org} and below` : 'all orgs'}, ${severity ? `only ${severity}` : 'all severities'}`;
  return `${tenant} · ${range} · ${what}`;
}

function presentPresets(query: Query) {
  const current = query.range ?? (query.from || query.to ? null : USUAL_PRESET);
  return PRESETS.map((preset) => ({
    word: PRESET_WORDS[preset],
    href: `/reports?${parameters({ range: preset, org: query.org, severity: query.severity })}`,
    isCurrent: preset === current,
  }));
}

function parameters(values: Record<string, string | undefined>): string {
  return new URLSearchParams(given(values)).toString();
}

function downloadLinks({ from, to, org, severity }: HistoryRange) {
  const query = parameters({ from: from.toISOString(), to: to.toISOString(), org, severity });
  return { csv: `/reports/history.csv?${query}`, json: `/reports/history.json?${query}` };
}

async function showReport({ tx, tenant, timeZone }: PageScope, range: HistoryRange) {
  const report = await historyReport(tx, tenant.id, range);
  const { unit, starts } = stepsOf(range, timeZone);
  const steps = await historyCourse(tx, tenant.id, range, starts);
  return {
    isEmpty: report.mses === 0 && report.events.total === 0,
    unit,
    figures: presentFigures(report),
    delays: presentDelays(report),
    course: presentCourse(steps, unit, timeZone),
    mails: mailsChart(steps, unit, timeZone),
    events: eventsChart(steps, unit, timeZone),
    assignment: delaysChart(report.delays, 'assignment'),
    completion: delaysChart(report.delays, 'completion'),
  };
}

/** What the API answers on /reports/history, for somebody who has a session and no token. */
async function loadHistory(scope: PageScope, request: Request): Promise<HistoryReport> {
  const { tx, tenant, timeZone } = scope;
  const query = historyQuery.safeParse(request.query);
  if (!query.success) {
    throw new Invalid([{ field: 'from', message: 'Give from and to, and org and severity or neither.' }]);
  }
  const { org, severity } = query.data;
  return historyReport(tx, tenant.id, {
    ...readHistoryRange(query.data, timeZone),
    ...given({ org, severity: severity as HistoryRange['severity'] }),
  });
}

export const reportPages = [
  reportPage,
  page({
    path: '/reports/history.csv',
    permission: 'read',
    load: async (scope, request) =>
      new RawAnswer('text/csv', historyCsv(await loadHistory(scope, request)), 'datamer-history.csv'),
  }),
  page({
    path: '/reports/history.json',
    permission: 'read',
    load: async (scope, request) => {
      const report = await loadHistory(scope, request);
      return new RawAnswer(
        'application/json',
        `${JSON.stringify(report, null, 2)}\n`,
        'datamer-history.json',
      );
    },
  }),
];
