/** An org path that may be cut in its middle: the last two labels stay visible. */
export interface ShownOrg {
  path: string;
  head: string;
  tail: string;
}

export function presentOrg(path: string | null): ShownOrg | null {
  if (path === null) return null;
  const labels = path.split('.');
  const head = labels.slice(0, -2);
  return { path, head: head.length > 0 ? `${head.join('.')}.` : '', tail: labels.slice(-2).join('.') };
}
