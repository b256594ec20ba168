/**
 * Patterns over org paths (semantics §7): `a.b.c` is that path, `a.b.*` the path itself and all below, `*` as a
 * whole label inside stands for one label, a leading `!` excludes. Pure; the audience and the list filters share it.
 */
const LABEL = '[a-z0-9_-]+';
const PATTERN = new RegExp(`^!?(\\*|${LABEL})(\\.(\\*|${LABEL}))*$`);

/** Longer than any real path; keeps a pattern from being a program. */
const LONGEST_PATTERN = 300;

export function isOrgPattern(text: string): boolean {
  return text.length <= LONGEST_PATTERN && PATTERN.test(text);
}

/** `*` alone is everything, also what has no org. */
export function matchesOrg(pattern: string, org: string | null): boolean {
  const plain = pattern.startsWith('!') ? pattern.slice(1) : pattern;
  if (plain === '*') return true;
  if (org === null) return false;
  const wanted = plain.split('.');
  const labels = org.split('.');
  const isOpenEnded = wanted.at(-1) === '*';
  if (isOpenEnded) wanted.pop();
  const fits = isOpenEnded ? labels.length >= wanted.length : labels.length === wanted.length;
  return fits && wanted.every((label, index) => label === '*' || label === labels[index]);
}

/** True when a positive pattern matches and no `!pattern` of the same group does. */
export function groupCovers(patterns: readonly string[], org: string | null): boolean {
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && matchesOrg(pattern, org));
  return !isExcluded && patterns.some((pattern) => !pattern.startsWith('!') && matchesOrg(pattern, org));
}
