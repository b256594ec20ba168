/** Severities and their order (semantics §1): critical > warn > info; unknown sorts between warn and info. */
export const SEVERITIES = ['info', 'warn', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Unclassified is null in data and `unclassified` in words. */
export type MaybeSeverity = Severity | null;

const RANK = { critical: 0, warn: 1, unclassified: 2, info: 3 };

/** Position in work lists, the most urgent first; the same as the column severity_rank. */
export function severityRank(severity: MaybeSeverity): number {
  return RANK[severity ?? 'unclassified'];
}

export function mostSevere(severities: Iterable<MaybeSeverity>): MaybeSeverity | undefined {
  return [...severities].sort((a, b) => severityRank(a) - severityRank(b))[0];
}
