/** What the mail of a report says: the figures that are read on a telephone; all of them are in its file. Pure. */
import { formatLocal } from '../../kernel/calendar.ts';
import { SECOND } from '../../kernel/clock.ts';
import type { FigureTable, Message } from '../../outbound/wording/message.ts';
import { describeSpan } from '../../watchdog/expectation.ts';
import { SEVERITY_NAMES, type Delay, type HistoryReport, type SeverityName } from '../history.ts';
import type { WantedReportMail } from './report-mails.ts';
import { endedBefore, type ReportPeriod } from './timetable.ts';

export interface ReportToWord {
  /** The person's name. */
  greeting: string;
  tenantName: string;
  wanted: WantedReportMail;
  report: HistoryReport;
  /** Of the day, week or month before, to compare with. */
  before: HistoryReport;
  /** False when the file is too large for a mail. */
  hasFile: boolean;
  baseUrl: string;
  now: Date;
}

/** Of the orgs; the rest is one row. */
const MOST_ORGS = 8;

export function wordReport(told: ReportToWord): Message {
  const { greeting, tenantName, wanted, report, hasFile, baseUrl } = told;
  const { org, severity } = wanted;
  const { total, open } = report.events;
  const what = `${total} ${severity ? `${severity} ` : ''}event${total === 1 ? '' : 's'}`;
  return {
    subject: `[report] ${org ? `${org}.*` : tenantName}: ${what} ${sayWhen(told)}, ${open} open`,
    greeting,
    lead: [
      `this is the report of ${tenantName} (${describeFilter(wanted)}), ${describeDays(told)}.`,
      `${counted(report.mses, 'mail')} came in, ${describeEvents(what, total, open)}.`,
      hasFile
        ? 'The attached file has all figures.'
        : 'The file with all figures is too large for a mail: the page has it.',
    ].join(' '),
    event: null,
    sections: [],
    tables: [figures(told), ...severities(report, severity), ...delays(report), ...orgs(report)],
    actions: [
      { label: 'Open the report', link: `${baseUrl}/reports?${pageQuery(told)}` },
      { label: 'Change or end these mails', link: `${baseUrl}/reports#mails` },
    ],
  };
}

function describeEvents(what: string, total: number, open: number): string {
  if (total === 0) return 'and no event was created';
  return `${what} ${total === 1 ? 'was' : 'were'} created, ${open} of them ${open === 1 ? 'is' : 'are'} open now`;
}

/** `shop and all below, only critical`; the reader may have several reports. */
export function describeFilter({ org, severity }: Pick<WantedReportMail, 'org' | 'severity'>): string {
  return `${org ? `${org} and all below` : 'all orgs'}, ${severity ? `only ${severity}` : 'all severities'}`;
}

const RELATIVE: Record<ReportPeriod, string> = {
  daily: 'yesterday',
  weekly: 'last week',
  monthly: 'last month',
};

/** A report that was missed may come when yesterday is another day. */
function sayWhen({ wanted, report, now }: ReportToWord): string {
  const { period, timeZone } = wanted;
  if (endedBefore(wanted, now).from.getTime() === report.from.getTime()) return RELATIVE[period];
  if (period === 'daily') return `on ${formatLocal(report.from, timeZone, 'ccc d LLL')}`;
  if (period === 'monthly') return `in ${formatLocal(report.from, timeZone, 'LLLL')}`;
  return `from ${formatLocal(report.from, timeZone, 'd LLL')} to ${formatLocal(lastDay(report), timeZone, 'd LLL')}`;
}

/** `Mon 2 Mar to Sun 8 Mar 2026, Europe/Berlin` */
function describeDays({ wanted: { period, timeZone }, report }: ReportToWord): string {
  if (period === 'daily') return `${formatLocal(report.from, timeZone, 'ccc d LLL yyyy')}, ${timeZone}`;
  const from = formatLocal(report.from, timeZone, 'ccc d LLL');
  return `${from} to ${formatLocal(lastDay(report), timeZone, 'ccc d LLL yyyy')}, ${timeZone}`;
}

/** An instant of the last day that is included. */
function lastDay({ to }: HistoryReport): Date {
  return new Date(to.getTime() - SECOND);
}

function pageQuery({ wanted: { timeZone, org, severity }, report }: ReportToWord): string {
  const day = (instant: Date): string => formatLocal(instant, timeZone, 'yyyy-MM-dd');
  return new URLSearchParams({
    from: day(report.from),
    to: day(report.to),
    ...(org ? { org } : {}),
    ...(severity ? { severity } : {}),
  }).toString();
}

const BEFORE: Record<ReportPeriod, string> = {
  daily: 'the day before',
  weekly: 'the week before',
  monthly: 'the month before',
};

function figures({ wanted: { period }, report: { mses, events }, before }: ReportToWord): FigureTable {
  return {
    heading: 'Figures',
    rows: [
      ['Mails received', shown(mses)],
      [`… ${BEFORE[period]}`, shown(before.mses)],
      ['Events created', shown(events.total)],
      [`… ${BEFORE[period]}`, shown(before.events.total)],
      ['Open now', shown(events.open)],
      ['Closed', shown(events.closed)],
    ],
  };
}

function severities({ events }: HistoryReport, only: SeverityName | null): FigureTable[] {
  if (events.total === 0 || only) return [];
  return [
    {
      heading: 'Events by severity',
      rows: SEVERITY_NAMES.map((name) => [word(name), shown(events.bySeverity[name])]),
    },
  ];
}

function delays({ delays: bySeverity }: HistoryReport): FigureTable[] {
  const rows = SEVERITY_NAMES.flatMap((name) => {
    const { assignment, completion } = bySeverity[name];
    return [
      ...delay(`${word(name)}, to assignment`, assignment),
      ...delay(`${word(name)}, to completion`, completion),
    ];
  });
  return rows.length > 0 ? [{ heading: 'Median delay from creation (90th percentile)', rows }] : [];
}

function delay(name: string, measured: Delay | null): [string, string][] {
  if (!measured) return [];
  return [[name, `${describeSpan(measured.p50 * SECOND)} (${describeSpan(measured.p90 * SECOND)})`]];
}

function orgs({ events }: HistoryReport): FigureTable[] {
  const all = Object.entries(events.byOrg);
  if (all.length === 0) return [];
  const rest = all.slice(MOST_ORGS).reduce((sum, [, count]) => sum + count, 0);
  return [
    {
      heading: 'Events by org',
      rows: [
        ...all.slice(0, MOST_ORGS).map(([org, count]): [string, string] => [org, shown(count)]),
        ...(rest > 0 ? [[`${all.length - MOST_ORGS} others`, shown(rest)] as const] : []),
      ],
    },
  ];
}

function word(name: SeverityName): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function counted(count: number, noun: string): string {
  return `${shown(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `12,345` */
function shown(count: number): string {
  return count.toLocaleString('en');
}
