/**
 * Which addresses a tenant's settings may make this process connect to. Whoever may type an address into a form could
 * otherwise have the server ask its own neighbours: databases, admin pages, a cloud's metadata (server-side request
 * forgery). Names are resolved once and what was checked is what is connected to, so that a name cannot answer
 * differently the second time (DNS rebinding).
 */
import type { LookupAddress } from 'node:dns';
import dns from 'node:dns/promises';
import net from 'node:net';
import ipaddr from 'ipaddr.js';
import { AppError, errorCode } from './errors.ts';

/** Names of hosts, and addresses with the length of their prefix. */
export interface PrivateTargets {
  hosts: ReadonlySet<string>;
  ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
}

export const NO_PRIVATE_TARGETS: PrivateTargets = { hosts: new Set(), ranges: [] };

const HOST_NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** Reads `chat.internal, 10.1.0.0/16, 192.168.1.5`. @throws Error naming the word that is neither */
export function parsePrivateTargets(text: string): PrivateTargets {
  const words = text
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean);
  const hosts = new Set<string>();
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  for (const word of words) {
    if (ipaddr.isValidCIDR(word)) ranges.push(ipaddr.parseCIDR(word));
    else if (net.isIP(word)) ranges.push([ipaddr.parse(word), net.isIPv4(word) ? 32 : 128]);
    else if (HOST_NAME.test(word) && !/^[\d.]+$/.test(word)) hosts.add(word);
    else throw new Error(`"${word}" is no host, address or range`);
  }
  return { hosts, ranges };
}

/** Today's allocations of global unicast; what lies outside is reserved or means something else (RFC 4291 §2.4). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Pure. True for an address that anybody on the internet could reach. What embeds an IPv4 address (mapped, 6to4,
 * NAT64, Teredo) is refused rather than unpacked: no server has such an address as its only one.
 */
export function isPublicAddress(address: string): boolean {
  if (!net.isIP(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST);
}

export type LookUp = (host: string) => Promise<LookupAddress[]>;

export class NetworkGuard {
  readonly #allowed: PrivateTargets;
  readonly #lookUp: LookUp;

  /** @param allowed what the operator of this installation lets tenants reach although it is not public */
  constructor(
    allowed: PrivateTargets,
    lookUp: LookUp = (host) => dns.lookup(host, { all: true, verbatim: true }),
  ) {
    this.#allowed = allowed;
    this.#lookUp = lookUp;
  }

  /** Every address of a host, whether allowed or not. @throws AppError, temporary */
  async resolve(host: string): Promise<LookupAddress[]> {
    try {
      return await this.#lookUp(host);
    } catch (error) {
      const isUnknown = errorCode(error) === 'ENOTFOUND';
      throw new AppError(
        isUnknown
          ? `There is no host ${host}. Check the address.`
          : `The name ${host} cannot be looked up now.`,
        { code: 'host-unknown', temporary: true, cause: error },
      );
    }
  }

  /** Those that may be connected to. @throws AppError `target-refused`, permanent, when that is none */
  permit(host: string, addresses: readonly LookupAddress[]): LookupAddress[] {
    const permitted = addresses.filter(({ address }) => this.#isPermitted(host, address));
    if (permitted.length > 0) return permitted;
    const found = addresses.map(({ address }) => address).join(', ');
    throw new AppError(
      `${host}${found && found !== host ? ` is ${found}, which` : ''} is no address on the public internet. ` +
        'The operator of DaTamer can allow it with DATAMER_ALLOW_PRIVATE_TARGETS.',
      { code: 'target-refused', temporary: false },
    );
  }

  #isPermitted(host: string, address: string): boolean {
    if (!net.isIP(address)) return false;
    if (isPublicAddress(address) || this.#allowed.hosts.has(host.toLowerCase().replace(/\.$/, '')))
      return true;
    const parsed = ipaddr.process(address);
    return this.#allowed.ranges.some(
      ([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits),
    );
  }
}
