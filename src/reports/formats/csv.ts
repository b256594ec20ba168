/** The historical report as CSV (RFC 4180): one figure a row, so that any spreadsheet can pivot it. */
import { SEVERITY_NAMES, type Delay, type HistoryReport } from '../history.ts';

type Cell = string | number | null;

export function historyCsv(report: HistoryReport): string {
  const lines: Cell[][] = [
    ['figure', 'group', 'value', 'unit'],
    ['from', '', report.from.toISOString(), ''],
    ['to', '', report.to.toISOString(), ''],
    ['mses', '', report.mses, 'mails'],
    ['events.total', '', report.events.total, 'events'],
    ['events.open', '', report.events.open, 'events'],
    ['events.closed', '', report.events.closed, 'events'],
    ...SEVERITY_NAMES.map((name): Cell[] => [
      'events.bySeverity',
      name,
      report.events.bySeverity[name],
      'events',
    ]),
    ...Object.entries(report.events.byOrg).map(([org, count]): Cell[] => [
      'events.byOrg',
      org,
      count,
      'events',
    ]),
    ...Object.entries(report.events.byKind).map(([kind, count]): Cell[] => [
      'events.byKind',
      kind,
      count,
      'events',
    ]),
    ...SEVERITY_NAMES.flatMap((name) => [
      ...delayLines(`delays.assignment`, name, report.delays[name].assignment),
      ...delayLines(`delays.completion`, name, report.delays[name].completion),
    ]),
  ];
  return lines.map((line) => line.map(writeCell).join(',')).join('\r\n') + '\r\n';
}

function delayLines(figure: string, group: string, delay: Delay | null): Cell[][] {
  const names = ['min', 'max', 'mean', 'p50', 'p90'] as const;
  return names.map((name) => [`${figure}.${name}`, group, delay ? delay[name] : null, 'seconds']);
}

/** Spreadsheets run text that begins with these as a formula: an org path is chosen by whoever sends mail. */
const FORMULA = /^[=+\-@\t\r]/;

function writeCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
