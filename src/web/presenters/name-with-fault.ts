/** Somebody who is told, with what speaks against their hearing of it. */
export function nameWithFault(name: string, isUnreachable: boolean): string {
  return isUnreachable ? `${name} (mail came back)` : name;
}
