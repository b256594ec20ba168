/** Dotted org paths: what two have in common, and what lies below one. */

/** The deepest path that both lie under, or null when they share no label. */
export function commonPath(one: string, other: string): string | null {
  const labels = one.split('.');
  const others = other.split('.');
  const length = labels.findIndex((label, index) => label !== others[index]);
  const shared = length < 0 ? labels : labels.slice(0, length);
  return shared.length > 0 ? shared.join('.') : null;
}

/** A LIKE pattern for all paths below `org`; `_` is a letter of paths and must not be a wildcard. */
export function below(org: string): string {
  return `${org.replace(/[\\%_]/g, '\\$&')}.%`;
}
