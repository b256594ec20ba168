/** The dashboard's table: open events by severity, unassigned and assigned, as digits that scripts can read. */
import type { OpenCount } from '../../events/counts.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { presentSeverity } from './severity.ts';

const SHOWN: readonly MaybeSeverity[] = ['critical', 'warn', 'info', null];

export function presentSeedTable(open: readonly OpenCount[]) {
  const rows = SHOWN.map((severity) => ({
    severity: presentSeverity(severity),
    ...figures(open.filter((counted) => counted.severity === severity)),
  }));
  return { rows, total: figures(open) };
}

function figures(counted: readonly OpenCount[]) {
  const unassigned = counted.reduce((sum, one) => sum + one.unassigned, 0);
  const assigned = counted.reduce((sum, one) => sum + one.assigned, 0);
  return { unassigned: String(unassigned), assigned: String(assigned), open: String(unassigned + assigned) };
}
