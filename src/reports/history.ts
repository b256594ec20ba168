/**
 * The historical report (semantics §9; seed phase 3): mails received, events created, open or closed, and how long
 * people took, over a half-open range of instants. An event belongs to the range of its creation; its state is that
 * of now.
 */
import { rows, oneRow, type Tx } from '../db/transaction.ts';
import { below } from '../events/org-path.ts';
import type { Severity } from '../events/severity.ts';
import { Invalid } from '../kernel/errors.ts';
import type { TenantId } from '../kernel/ids.ts';

export interface HistoryRange {
  from: Date;
  /** Not included. */
  to: Date;
  /** The path and all below. */
  org?: string;
  severity?: Severity | 'unclassified';
}

/** Seconds. */
export interface Delay {
  min: number;
  max: number;
  mean: number;
  p50: number;
  p90: number;
}

export type SeverityName = Severity | 'unclassified';
export const SEVERITY_NAMES: readonly SeverityName[] = ['critical', 'warn', 'unclassified', 'info'];

export interface HistoryReport {
  from: Date;
  to: Date;
  mses: number;
  events: {
    total: number;
    open: number;
    closed: number;
    bySeverity: Record<SeverityName, number>;
    byOrg: Record<string, number>;
    byKind: Record<string, number>;
  };
  /** Creation → assignment and creation → completion; null where nothing was. */
  delays: Record<SeverityName, { assignment: Delay | null; completion: Delay | null }>;
}

/** @throws Invalid when the range is empty or runs backwards */
export async function historyReport(tx: Tx, tenantId: TenantId, range: HistoryRange): Promise<HistoryReport> {
  if (range.from >= range.to) {
    throw new Invalid([
      { field: 'to', message: 'The range ends before it begins: `to` must lie after `from`.' },
    ]);
  }
  return {
    from: range.from,
    to: range.to,
    mses: await countMses(tx, tenantId, range),
    events: await countEvents(tx, tenantId, range),
    delays: await measureDelays(tx, tenantId, range),
  };
}

export interface ReportScope {
  condition: string;
  parameters: unknown[];
}

/** The rows of `alias` that the range means, by its instant column. */
export function scopeOf(
  tenantId: TenantId,
  range: HistoryRange,
  alias: string,
  instant: string,
): ReportScope {
  const parameters: unknown[] = [tenantId, range.from, range.to];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [`${alias}.tenant_id = $1`, `${alias}.${instant} >= $2`, `${alias}.${instant} < $3`];
  if (range.org) {
    conditions.push(
      `(${alias}.org = ${parameter(range.org)} or ${alias}.org like ${parameter(below(range.org))})`,
    );
  }
  if (range.severity === 'unclassified') conditions.push(`${alias}.severity is null`);
  else if (range.severity) conditions.push(`${alias}.severity = ${parameter(range.severity)}`);
  return { condition: conditions.join(' and '), parameters };
}

async function countMses(tx: Tx, tenantId: TenantId, range: HistoryRange): Promise<number> {
  const { condition, parameters } = scopeOf(tenantId, range, 'm', 'received_at');
  const row = await oneRow<{ count: number }>(
    tx,
    `select count(*)::integer as count from mses m where ${condition} and m.event_id is not null`,
    parameters,
  );
  return row?.count ?? 0;
}

interface EventGroup {
  severity: SeverityName;
  org: string;
  kind: string;
  isOpen: boolean;
  count: number;
}

async function countEvents(
  tx: Tx,
  tenantId: TenantId,
  range: HistoryRange,
): Promise<HistoryReport['events']> {
  const { condition, parameters } = eventScope(tenantId, range);
  const groups = await rows<EventGroup>(
    tx,
    `select coalesce(e.severity, 'unclassified') as severity, coalesce(e.org, 'unclassified') as org, e.kind,
       e.state = 'open' as "isOpen", count(*)::integer as count
     from events e where ${condition} group by 1, 2, 3, 4`,
    parameters,
  );
  const open = sum(groups.filter(({ isOpen }) => isOpen));
  return {
    total: sum(groups),
    open,
    closed: sum(groups) - open,
    bySeverity: Object.fromEntries(
      SEVERITY_NAMES.map((name) => [name, sum(groups.filter(({ severity }) => severity === name))]),
    ) as Record<SeverityName, number>,
    byOrg: totals(groups, ({ org }) => org),
    byKind: totals(groups, ({ kind }) => kind),
  };
}

/** A merged-away event is no event any more, and noise never was one. */
export function eventScope(tenantId: TenantId, range: HistoryRange): ReportScope {
  const { condition, parameters } = scopeOf(tenantId, range, 'e', 'created_at');
  return { condition: `${condition} and e.state <> 'merged' and not e.is_noise`, parameters };
}

function sum(groups: readonly EventGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

/** The largest first. */
function totals(
  groups: readonly EventGroup[],
  nameOf: (group: EventGroup) => string,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const group of groups) counts.set(nameOf(group), (counts.get(nameOf(group)) ?? 0) + group.count);
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])));
}

type DelayRow = Record<`a${keyof Delay}` | `c${keyof Delay}`, number | null> & { severity: SeverityName };

async function measureDelays(
  tx: Tx,
  tenantId: TenantId,
  range: HistoryRange,
): Promise<HistoryReport['delays']> {
  const { condition, parameters } = eventScope(tenantId, range);
  const measured = await rows<DelayRow>(
    tx,
    `select severity, ${delayColumns('a', 'assignment')}, ${delayColumns('c', 'completion')} from (
       select coalesce(e.severity, 'unclassified') as severity,
         extract(epoch from e.assigned_at - e.created_at)::float8 as assignment,
         extract(epoch from e.completed_at - e.created_at)::float8 as completion
       from events e where ${condition}
     ) d group by severity`,
    parameters,
  );
  const bySeverity = new Map(measured.map((row) => [row.severity, row]));
  return Object.fromEntries(
    SEVERITY_NAMES.map((name) => {
      const row = bySeverity.get(name);
      return [name, { assignment: delayOf(row, 'a'), completion: delayOf(row, 'c') }];
    }),
  ) as HistoryReport['delays'];
}

function delayColumns(prefix: 'a' | 'c', column: string): string {
  return `min(${column}) as ${prefix}min, max(${column}) as ${prefix}max, avg(${column}) as ${prefix}mean,
    percentile_cont(0.5) within group (order by ${column}) as ${prefix}p50,
    percentile_cont(0.9) within group (order by ${column}) as ${prefix}p90`;
}

function delayOf(row: DelayRow | undefined, prefix: 'a' | 'c'): Delay | null {
  if (!row || row[`${prefix}min`] === null) return null;
  const read = (name: keyof Delay): number => row[`${prefix}${name}`] ?? 0;
  return { min: read('min'), max: read('max'), mean: read('mean'), p50: read('p50'), p90: read('p90') };
}
