/**
 * The servers of a tenant, as its mails name them: which full name a short one stands for, and which part of the
 * organisation a server belongs to. Lives in the memory of whoever holds the tenant's triage lease; store.ts loads and
 * saves it. What people decide (state, org, new name) is theirs alone: triage reads it and never writes it.
 */
import { firstLabel, isFullName, isShortName, organisationOf } from './host-name.ts';
import { NameWords } from './name-words.ts';

export const SERVER_STATES = ['proposed', 'confirmed', 'ignored'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

export interface KnownServer {
  name: string;
  state: ServerState;
  /** Said by a person; wins over everything counted. */
  org: string | null;
  /** What it is called now, when it was renamed. */
  renamedTo: string | null;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** Mails about it. */
  mails: number;
  /** Mails that it sent about others: what a monitoring server does. */
  reports: number;
  /** Mails by the path that a tag or rule gave them; older ones fade. */
  orgs: Record<string, number>;
  /** Mails by the path that people put them right to. */
  taught: Record<string, number>;
}

/** More are forgotten, the longest unseen first: names made up by mails cannot fill the memory. */
const MOST_SERVERS = 100_000;
/** A server belongs to few paths; further ones are mistakes or an attack. */
const MOST_ORGS = 8;
/** The counts are halved here, so that a server that moved is believed after some dozens of mails. */
const MOST_COUNTED = 64;
/** A person's word weighs as much as so many mails. */
const WEIGHT_OF_PEOPLE = 5;
const LEAST_SHARE = 0.95;
/** One name in a domain may be a mistake. */
const LEAST_OF_ORGANISATION = 3;
/** From here on a sender is known to speak of others. */
const LEAST_REPORTS = 3;

const NONE: readonly string[] = [];

export interface BelongsTo {
  org: string;
  confidence: number;
  reason: string;
}

export class Inventory {
  /** In the order of use, the longest unused first. */
  readonly #servers = new Map<string, KnownServer>();
  /** Full names by their first label. */
  readonly #byLabel = new Map<string, Set<string>>();
  /** How many servers each organisation's domain has. */
  readonly #organisations = new Map<string, number>();
  readonly #nameWords = new NameWords();
  readonly #changed = new Set<string>();
  readonly #forgotten = new Set<string>();

  constructor(servers: Iterable<KnownServer> = []) {
    for (const server of servers) {
      this.#put(server);
      this.#learnName(server);
    }
  }

  /** Takes over what people decided since. */
  learnDecisions(servers: Iterable<KnownServer>): void {
    for (const server of servers) {
      const { state, org, renamedTo, taught } = server;
      const decided = { ...(this.#servers.get(server.name) ?? server), state, org, renamedTo, taught };
      this.#put(decided);
      this.#learnName(decided);
    }
  }

  /**
   * The name as it is now: the new one of a renamed server, the full one for a short one when only one fits.
   * @returns null for a server not known
   */
  resolve(host: string): string | null {
    const server = this.#servers.get(host);
    if (server?.renamedTo) return server.renamedTo;
    const [full, ...others] = isShortName(host) ? this.fullNamesOf(host) : [];
    if (full && others.length === 0) return this.#servers.get(full)?.renamedTo ?? full;
    return server?.name ?? null;
  }

  /** All full names that begin with this label and are not ignored. */
  fullNamesOf(label: string): readonly string[] {
    const names = this.#byLabel.get(label);
    if (!names) return NONE;
    return [...names].filter((name) => this.#servers.get(name)?.state !== 'ignored');
  }

  /** The tenant has servers in this domain: a new name in it may be one more. */
  hasServersOf(organisation: string): boolean {
    return (this.#organisations.get(organisation) ?? 0) >= LEAST_OF_ORGANISATION;
  }

  /** A person said that this is no server. */
  isIgnored(host: string): boolean {
    return this.#servers.get(host)?.state === 'ignored';
  }

  /** A mail is about this server. */
  see(name: string, at: Date): void {
    this.#change(name, at, (server) => (server.mails += 1));
  }

  /** This machine sent a mail about others. */
  seeReporter(name: string, at: Date): void {
    this.#change(name, at, (server) => (server.reports += 1));
  }

  /** A mail about this server alone has this path, by its tag or a rule. */
  seeOrg(name: string, org: string, at: Date): void {
    this.#change(name, at, (server) => {
      server.orgs = counted(server.orgs, org);
      this.#learnName(server);
    });
  }

  isReporter(host: string): boolean {
    const server = this.#servers.get(host);
    return server !== undefined && server.reports >= LEAST_REPORTS && server.reports > server.mails;
  }

  belongsTo(name: string): BelongsTo | null {
    const server = this.#servers.get(name);
    if (server?.state === 'ignored') return null;
    if (server && isSaid(server)) return orgOf(server);
    const told = this.#nameWords.ask(name);
    if (!told) return null;
    const { word, org, servers } = told;
    const reason = `${servers} servers with “${word}” in their names, and all that are known, belong to ${org}`;
    return { org, confidence: laplace(servers, servers), reason };
  }

  /** What must be written, and forgets that it must. */
  takeChanges(): { changed: KnownServer[]; forgotten: string[] } {
    const changed = [...this.#changed].flatMap((name) => this.#servers.get(name) ?? []);
    const forgotten = [...this.#forgotten];
    this.#changed.clear();
    this.#forgotten.clear();
    return { changed, forgotten };
  }

  #learnName(server: KnownServer): void {
    this.#nameWords.learn(server.name, server.state === 'ignored' ? null : (orgOf(server)?.org ?? null));
  }

  #change(name: string, at: Date, change: (server: KnownServer) => void): void {
    const server = this.#servers.get(name) ?? this.#absorbShort(newServer(name, at));
    change(server);
    if (at > server.lastSeenAt) server.lastSeenAt = at;
    if (at < server.firstSeenAt) server.firstSeenAt = at;
    this.#put(server);
    this.#changed.add(name);
    this.#forgotten.delete(name);
  }

  /** The short name was only all that was known; what was counted under it is this server's. */
  #absorbShort(server: KnownServer): KnownServer {
    const label = firstLabel(server.name);
    const short = this.#servers.get(label);
    if (!short || short.state !== 'proposed' || this.fullNamesOf(label).length > 0) return server;
    this.#forget(label);
    const absorbed = { ...short, name: server.name };
    this.#learnName(absorbed);
    return absorbed;
  }

  #put(server: KnownServer): void {
    this.#servers.delete(server.name);
    this.#servers.set(server.name, server);
    if (isFullName(server.name)) this.#index(server.name);
    if (this.#servers.size <= MOST_SERVERS) return;
    for (const [name, { state }] of this.#servers) {
      if (state !== 'proposed') continue;
      this.#forget(name);
      return;
    }
  }

  #index(name: string): void {
    const label = firstLabel(name);
    const names = this.#byLabel.get(label);
    if (names?.has(name)) return;
    this.#countOrganisation(name, 1);
    if (names) names.add(name);
    else this.#byLabel.set(label, new Set([name]));
  }

  #forget(name: string): void {
    this.#servers.delete(name);
    this.#changed.delete(name);
    this.#forgotten.add(name);
    this.#nameWords.learn(name, null);
    const names = this.#byLabel.get(firstLabel(name));
    if (names?.delete(name)) this.#countOrganisation(name, -1);
    if (names?.size === 0) this.#byLabel.delete(firstLabel(name));
  }

  #countOrganisation(name: string, by: 1 | -1): void {
    const organisation = organisationOf(name);
    this.#organisations.set(organisation, (this.#organisations.get(organisation) ?? 0) + by);
  }
}

function newServer(name: string, at: Date): KnownServer {
  return {
    name,
    state: 'proposed',
    org: null,
    renamedTo: null,
    firstSeenAt: at,
    lastSeenAt: at,
    mails: 0,
    reports: 0,
    orgs: {},
    taught: {},
  };
}

function counted(orgs: Record<string, number>, org: string): Record<string, number> {
  const next = { ...orgs, [org]: (orgs[org] ?? 0) + 1 };
  const isFull = sumOf(next) > MOST_COUNTED || Object.keys(next).length > MOST_ORGS;
  return isFull ? halved(next) : next;
}

function halved(orgs: Record<string, number>): Record<string, number> {
  const kept = Object.entries(orgs).map(([org, count]): [string, number] => [org, Math.floor(count / 2)]);
  return Object.fromEntries(kept.filter(([, count]) => count > 0));
}

function sumOf(orgs: Record<string, number>): number {
  return Object.values(orgs).reduce((sum, count) => sum + count, 0);
}

/** Mails or people have named a path, if perhaps several. */
function isSaid({ org, orgs, taught }: KnownServer): boolean {
  return org !== null || sumOf(orgs) + sumOf(taught) > 0;
}

/** Laplace's rule: a few that agree are no certainty. */
function laplace(agreeing: number, all: number): number {
  return (agreeing + 1) / (all + 2);
}

/** What a person said wins over what is counted. */
function orgOf(server: KnownServer): BelongsTo | null {
  const { name, org } = server;
  if (org === null) return usualOrg(server);
  return { org, confidence: 1, reason: `a person said that ${name} belongs to ${org}` };
}

/** The path that nearly all its mails have. */
export function usualOrg({
  name,
  orgs,
  taught,
}: Pick<KnownServer, 'name' | 'orgs' | 'taught'>): BelongsTo | null {
  const weights = new Map(Object.entries(orgs));
  for (const [org, count] of Object.entries(taught)) {
    weights.set(org, (weights.get(org) ?? 0) + WEIGHT_OF_PEOPLE * count);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const [first] = [...weights].sort(([, one], [, other]) => other - one);
  if (!first) return null;
  const [org, weight] = first;
  if (weight / total < LEAST_SHARE) return null;
  const mails = `${(orgs[org] ?? 0) + (taught[org] ?? 0)} of ${sumOf(orgs) + sumOf(taught)} mails`;
  const byPeople = taught[org] ? `, ${taught[org]} put right by people` : '';
  const reason = `${name} belongs to ${org} (${mails}${byPeople})`;
  return { org, confidence: laplace(weight, total), reason };
}
