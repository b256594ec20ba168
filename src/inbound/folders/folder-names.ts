/**
 * Names of folders on a mail server. A person's folder has exactly the person's name, where the server takes it; where
 * it cannot be, because the name has the server's separator or a sign that servers give a meaning to, a plain one.
 */

/** Longer names are refused by servers, some of them by closing the connection. */
const LONGEST_NAME = 100;

/** Separators, wildcards of LIST, and what file systems behind servers trip over. */
const RISKY = /[./\\%*"~#&|:<>?]/g;

/** They end a command, and are in no name. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]/g;

/** The name itself, only composed as most servers store it, and without what ends a command. */
export function plainName(name: string): string {
  return name.normalize('NFC').replace(CONTROL, '').trim().slice(0, LONGEST_NAME).trim();
}

/** A name that every server takes. */
export function safeName(name: string): string {
  return plainName(name).replace(RISKY, '_') || '_';
}

/** False for names that the server would understand as something else. */
export function canBeExact(name: string, delimiter: string): boolean {
  const isRelative = name === '' || /^\.+$/.test(name);
  return !isRelative && !name.includes(delimiter) && !/[%*]/.test(name) && name === plainName(name);
}

/** True for a folder that has the name, or what became of it. */
export function isNameOf(folder: string, name: string): boolean {
  const found = folder.normalize('NFC');
  return found === plainName(name) || found === safeName(name);
}

/** How a path of labels is written on one server. */
export interface Naming {
  root: string;
  delimiter: string;
  /** True for paths that are there. */
  exists: (path: string) => boolean;
  /** True for paths that the server would not make. */
  isRefused: (path: string) => boolean;
}

/** Folders that people made are used: the exact name where it is there or can be, else the plain one. */
export function pathOf(place: readonly string[], { root, delimiter, exists, isRefused }: Naming): string {
  return place.reduce((above, label) => {
    const exact = above + delimiter + plainName(label);
    const safe = above + delimiter + safeName(label);
    if (!canBeExact(plainName(label), delimiter)) return safe;
    if (exists(exact)) return exact;
    return isRefused(exact) || exists(safe) ? safe : exact;
  }, root);
}

/** The labels of a path below the root; null for one that is not. */
export function placeOfPath(
  path: string,
  { root, delimiter }: Pick<Naming, 'root' | 'delimiter'>,
): string[] | null {
  if (path === root) return [];
  return path.startsWith(root + delimiter)
    ? path.slice(root.length + delimiter.length).split(delimiter)
    : null;
}
