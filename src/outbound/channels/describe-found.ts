/** What looking up a host found, as a step of a test says it. */
export function describeFound(host: string, found: readonly { address: string }[]): string {
  const addresses = found.map(({ address }) => address).join(', ');
  return addresses === host ? `${host} is an address itself.` : `${host} is ${addresses}`;
}
