/** What is done when nobody takes an event: for which events, whom to tell after how long, and when to remind. */
import { matchesOrg, groupCovers } from '../../accounts/org-pattern.ts';
import type { SeverityFloor } from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { MINUTE } from '../../kernel/clock.ts';

export const TARGET_KINDS = ['group', 'rota', 'user', 'channel'] as const;

/** Who is told by a step: all of a group, whoever of a rota is on call then, one person, or a channel of the team. */
export interface Target {
  kind: (typeof TARGET_KINDS)[number];
  id: string;
}

export interface Step {
  /** Since nobody has it, or since the step before. */
  afterMinutes: number;
  targets: Target[];
}

/** Whoever has an event and does nothing is reminded. */
export interface Reminder {
  afterMinutes: number;
  everyMinutes: number;
}

export interface EscalationPolicy {
  id: string;
  name: string;
  /** Of org paths, as in subscriptions; `!pattern` leaves out. */
  patterns: string[];
  severityFloor: SeverityFloor;
  steps: Step[];
  /** How often the steps begin again when the last one was in vain. */
  repeats: number;
  reminder: Reminder | null;
}

export function covers(policy: EscalationPolicy, org: string | null, severity: MaybeSeverity): boolean {
  const isSevereEnough = severityRank(severity) <= severityRank(policy.severityFloor);
  return isSevereEnough && groupCovers(policy.patterns, org);
}

/**
 * The policy of an event: of those that cover it the one with the most specific pattern, that is with the most labels that
 * are no `*`, and a path itself before all below it; then the one for fewer severities; then the oldest.
 */
export function choosePolicy(
  policies: readonly EscalationPolicy[],
  org: string | null,
  severity: MaybeSeverity,
): EscalationPolicy | null {
  const covering = policies.filter((policy) => covers(policy, org, severity));
  const [chosen] = covering.sort(
    (a, b) =>
      specificity(b, org) - specificity(a, org) ||
      severityRank(a.severityFloor) - severityRank(b.severityFloor) ||
      a.id.localeCompare(b.id),
  );
  return chosen ?? null;
}

const EXACT = 0.5;

function specificity({ patterns }: EscalationPolicy, org: string | null): number {
  const matching = patterns.filter((pattern) => !pattern.startsWith('!') && matchesOrg(pattern, org));
  return Math.max(
    ...matching.map((pattern) => {
      const labels = pattern.split('.');
      const named = labels.filter((label) => label !== '*').length;
      return named + (labels.at(-1) === '*' ? 0 : EXACT);
    }),
  );
}

/** Whether one of its steps does. */
export function tells({ steps }: EscalationPolicy, kind: Target['kind'], id: string): boolean {
  return steps.some(({ targets }) => targets.some((target) => target.kind === kind && target.id === id));
}

export function waitMs(step: Step): number {
  return step.afterMinutes * MINUTE;
}
