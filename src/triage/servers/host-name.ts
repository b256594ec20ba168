/** Host names as mails write them: full, short, or an address; with a port, in a URL, in brackets. */

/** RFC 1035 §2.3.4. */
export const LONGEST_NAME = 253;

/** One pass, no backtracking: each letter can be taken by one part of the pattern only. */
const NAME = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^(?=[0-9a-f.]*:[0-9a-f.]*:)[0-9a-f:.]{3,45}$/;

/** What every machine calls itself, and what relays write for "no name". */
const NOBODY = new Set(['localhost', 'localhost.localdomain', 'unknown', 'none', 'null', '127.0.0.1', '::1']);

/** `https://DB-01.example.com:8443/path` → `db-01.example.com`. @returns null for what cannot be a host */
export function readHost(written: string): string | null {
  const text = written
    .slice(0, 4 * LONGEST_NAME)
    .trim()
    .toLowerCase();
  const afterScheme = text.includes('://') ? text.slice(text.indexOf('://') + 3) : text;
  const authority = afterScheme.split(/[/?#\s]/, 1)[0] ?? '';
  const bare = withoutPort(authority.slice(authority.lastIndexOf('@') + 1)).replace(/\.$/, '');
  if (bare.length > LONGEST_NAME || NOBODY.has(bare)) return null;
  return (NAME.test(bare) && /[a-z0-9]/.test(bare)) || IPV6.test(bare) ? bare : null;
}

function withoutPort(authority: string): string {
  const bracketed = /^\[([^\]]{1,60})\]/.exec(authority)?.[1];
  if (bracketed) return bracketed;
  const colon = authority.indexOf(':');
  return colon > 0 && colon === authority.lastIndexOf(':') ? authority.slice(0, colon) : authority;
}

export function isAddress(host: string): boolean {
  return IPV4.test(host) || host.includes(':');
}

/** Top-level domains begin with a letter; versions and times (`labs.2026-03-03_11.40.00`) do not end so. */
const TOP_LEVEL = /\.[a-z][a-z0-9-]{0,62}$/;

/** With a domain. */
export function isFullName(host: string): boolean {
  return TOP_LEVEL.test(host) && !isAddress(host);
}

export function isShortName(host: string): boolean {
  return !host.includes('.') && !host.includes(':');
}

export function firstLabel(host: string): string {
  const dot = host.indexOf('.');
  return dot < 0 ? host : host.slice(0, dot);
}

export function countLabels(host: string): number {
  let labels = 1;
  for (let at = host.indexOf('.'); at >= 0; at = host.indexOf('.', at + 1)) labels += 1;
  return labels;
}

/** The last two labels: near enough to whom a name belongs, without the list of public suffixes. */
export function organisationOf(host: string): string {
  const before = host.lastIndexOf('.', host.lastIndexOf('.') - 1);
  return host.slice(before + 1);
}
