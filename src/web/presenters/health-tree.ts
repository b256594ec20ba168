/** Service health: the org paths as a tree, each branch with what is open on it and below, the worst first. */
import type { OrgHealth } from '../../events/counts.ts';
import { mostSevere, severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { presentNumber } from './number.ts';
import { presentSeverity, type ShownSeverity } from './severity.ts';

export interface HealthBranch {
  /** The labels below the branch it hangs on: `network.edge`. */
  label: string;
  href: string;
  /** Null where nothing is open. */
  severity: ShownSeverity | null;
  /** `4 critical · 18 warn` */
  summary: string;
  branches: HealthBranch[];
}

export interface HealthTree {
  branches: HealthBranch[];
  /** How many trunks there was no room for; what hangs on a branch is in its own figures. */
  hidden: number;
}

interface Node {
  label: string;
  path: string;
  counts: Map<MaybeSeverity, number>;
  children: Map<string, Node>;
  /** True for a path that mails name, not only a part of longer ones. */
  isPath: boolean;
}

/** As many as fit beside the table of open events. */
const MOST_BRANCHES = 12;
const DEEPEST = 2;

/** @param paths every path seen, so that quiet ones are shown as well */
export function presentHealth(paths: readonly string[], open: readonly OrgHealth[]): HealthTree {
  const root = newNode('', '');
  for (const path of paths) grow(root, path);
  for (const { org, severity, count } of open) {
    grow(root, org);
    for (const node of nodesAlong(root, org)) {
      node.counts.set(severity, (node.counts.get(severity) ?? 0) + count);
    }
  }
  const roots = childrenOf(root);
  const shown = chooseShown(roots);
  const branches = presentShown(roots, shown);
  return { branches, hidden: roots.length - branches.length };
}

function newNode(label: string, path: string): Node {
  return { label, path, counts: new Map(), children: new Map(), isPath: false };
}

function grow(root: Node, path: string): void {
  let node = root;
  for (const label of path.split('.')) {
    const child = node.children.get(label) ?? newNode(label, node.path ? `${node.path}.${label}` : label);
    node.children.set(label, child);
    node = child;
  }
  node.isPath = true;
}

function nodesAlong(root: Node, path: string): Node[] {
  const nodes: Node[] = [];
  let node: Node | undefined = root;
  for (const label of path.split('.')) {
    node = node?.children.get(label);
    if (node) nodes.push(node);
  }
  return nodes;
}

/** The worst first; a chain of parts that are no paths themselves is one branch. */
function childrenOf({ children }: Node): Node[] {
  return [...children.values()].map(joinChain).sort(byUrgency);
}

function joinChain(node: Node): Node {
  const [only, ...others] = node.children.values();
  if (!only || others.length > 0 || node.isPath) return node;
  const next = joinChain(only);
  return { ...next, label: `${node.label}.${next.label}` };
}

function byUrgency(one: Node, other: Node): number {
  return (
    rankOf(one) - rankOf(other) || totalOf(other) - totalOf(one) || one.label.localeCompare(other.label, 'en')
  );
}

/** Quiet branches come after those of any severity. */
function rankOf({ counts }: Node): number {
  return counts.size > 0 ? severityRank(mostSevere(counts.keys()) ?? null) : Infinity;
}

function totalOf({ counts }: Node): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Level by level until there is no more room; of the quiet branches only the upper two levels. */
function chooseShown(roots: readonly Node[]): Node[] {
  const shown: Node[] = [];
  let level = [...roots];
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth += 1) {
    const worthIt = level.filter((node) => depth < 2 || node.counts.size > 0).sort(byUrgency);
    const fitting = worthIt.slice(0, MOST_BRANCHES - shown.length);
    shown.push(...fitting);
    level = fitting.flatMap(childrenOf);
  }
  return shown;
}

function presentShown(nodes: readonly Node[], shown: readonly Node[]): HealthBranch[] {
  const paths = new Set(shown.map(({ path }) => path));
  return nodes
    .filter(({ path }) => paths.has(path))
    .map((node) => ({
      label: node.label,
      href: `/events?${new URLSearchParams({ state: 'open', interest: 'all', org: node.path }).toString()}`,
      severity: node.counts.size > 0 ? presentSeverity(mostSevere(node.counts.keys()) ?? null) : null,
      summary: summarise(node),
      branches: presentShown(childrenOf(node), shown),
    }));
}

/** The two worst severities: a line has no room for more. */
function summarise({ counts }: Node): string {
  if (counts.size === 0) return 'nothing open';
  return [...counts]
    .sort(([one], [other]) => severityRank(one) - severityRank(other))
    .slice(0, 2)
    .map(([severity, count]) => `${presentNumber(count)} ${presentSeverity(severity).word.toLowerCase()}`)
    .join(' · ');
}
