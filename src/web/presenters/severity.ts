/** Severity as shape, word and colour (ui.md §1); the shape and colour come from the key. */
import type { MaybeSeverity } from '../../events/severity.ts';
import { capitalise } from './capitalise.ts';

export interface ShownSeverity {
  /** Value of data-sev. */
  key: 'critical' | 'warn' | 'info' | 'none';
  /** Id in icons.svg. */
  icon: 'critical' | 'warn' | 'info' | 'unclassified';
  word: string;
  /** Value in query strings and forms. */
  value: 'critical' | 'warn' | 'info' | 'unclassified';
}

export function presentSeverity(severity: MaybeSeverity): ShownSeverity {
  if (severity === null)
    return { key: 'none', icon: 'unclassified', word: 'Unclassified', value: 'unclassified' };
  return {
    key: severity,
    icon: severity,
    word: capitalise(severity),
    value: severity,
  };
}
