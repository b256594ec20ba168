/**
 * Stage: which servers a mail is about, by their full names; which others its text names; and the path of a server
 * whose mails nearly all have the same one. Learns names and paths from tags, rules and parsers as mail goes by.
 */
import { commonPath } from '../../events/org-path.ts';
import { decide, type Mse } from '../mse.ts';
import { withoutTags } from '../tags/grammar.ts';
import {
  firstLabel,
  isAddress,
  isFullName,
  isShortName,
  organisationOf,
  countLabels,
  readHost,
} from './host-name.ts';
import type { Inventory } from './inventory.ts';
import { originsOf, readSendingHost } from './sending-host.ts';
import { scanHosts } from './scan-hosts.ts';

export interface KnowsServers {
  memory: { servers: Inventory };
}

/** As many as an event shows; a mail that lists more is a report on all. */
const MOST_SERVERS = 50;
const MOST_MENTIONS = 10;

export function findServers(mses: Mse[], { memory: { servers } }: KnowsServers): void {
  for (const mse of mses) {
    // Our own notices name servers that other mails are about.
    if (mse.isOwn) continue;
    const named = readNames(mse, servers);
    decideServers(mse, named, servers);
    see(mse, servers);
    mentionOthers(mse, named, servers);
    decideOrg(mse, servers);
    learnOrg(mse, servers);
  }
}

/** Names in the mail, in the order of reading. */
interface Names {
  /** Known servers in the subject. */
  inSubject: string[];
  /** Known servers in subject or text, links left out. */
  known: string[];
  /** Full names of the sender's organisation or of one with known servers, known or not, links left out. */
  own: string[];
  /** All full names, links too: for the full form of a short name. */
  full: string[];
}

/** A text with more names than this is a list of everything. */
const MOST_NAMES = 200;

function readNames({ mail }: Mse, servers: Inventory): Names {
  const names: Names = { inSubject: [], known: [], own: [], full: [] };
  const domain = mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1);
  if (domain.includes('.')) names.full.push(domain);
  const organisation = organisationOf(domain);
  const known = new Set<string>();
  const own = new Set<string>();
  const visit = ({ name, isFull, isLink }: { name: string; isFull: boolean; isLink: boolean }): void => {
    if (isFull && names.full.length < MOST_NAMES) names.full.push(name);
    if (isLink || known.size >= MOST_NAMES) return;
    const server = servers.resolve(name);
    if (server && !servers.isIgnored(server)) known.add(server);
    else if (isFull && isOwnName(name, organisation, servers)) own.add(name);
  };
  scanHosts(withoutTags(mail.subject), visit);
  names.inSubject = [...known];
  scanHosts(mail.text, visit);
  names.known = [...known];
  names.own = own.size < MOST_NAMES ? [...own] : [];
  return names;
}

/** `db-01.ams.example.com` in a mail from `example.com`, or where servers of it are known; `a.b.Dispatcher.java` is not. */
function isOwnName(name: string, organisation: string, servers: Inventory): boolean {
  if (countLabels(name) < 3 || isAddress(name)) return false;
  const own = organisationOf(name);
  return own === organisation || servers.hasServersOf(own);
}

interface FoundServers {
  value: string[];
  confidence: number;
  reason: string;
}

function decideServers(mse: Mse, names: Names, servers: Inventory): void {
  if (mse.findings.servers) return;
  const found =
    byParser(mse, names, servers) ??
    byText(names.inSubject, 'the subject') ??
    bySender(mse, servers) ??
    byText(names.known.length > 0 ? names.known : names.own, 'the text');
  if (!found) return;
  const value = found.value.map((host) => fullNameOf(host, mse, names, servers));
  decide(mse, 'servers', { ...found, value: [...new Set(value)], source: 'parser' });
}

/** Certain when the parser read a full name; a short one may belong to another network. */
const BY_PARSER = { full: 0.95, short: 0.7 };

function byParser(mse: Mse, names: Names, servers: Inventory): FoundServers | null {
  const { reading } = mse;
  const hosts = (reading?.hosts ?? []).flatMap((host) => readHost(host) ?? []);
  const value = [...new Set(hosts.map((host) => fullNameOf(host, mse, names, servers)))]
    .filter((host) => !servers.isIgnored(host))
    .slice(0, MOST_SERVERS);
  if (value.length === 0 || (reading?.tool === 'general' && isReporterAlone(value, mse, servers)))
    return null;
  const isFull = value.every((host) => !isShortName(host));
  const reason = reading?.tool === 'general' ? 'named in the mail' : `read as ${reading?.tool} writes it`;
  return { value, confidence: isFull ? BY_PARSER.full : BY_PARSER.short, reason };
}

/** The general parser takes the sender for want of anything better; known monitoring servers are nothing better. */
function isReporterAlone(value: readonly string[], { mail }: Mse, servers: Inventory): boolean {
  const [only] = value;
  return (
    value.length === 1 &&
    only !== undefined &&
    mail.from.address.endsWith(`@${only}`) &&
    servers.isReporter(only)
  );
}

/** One name: the mail is about it. Several: it may be a list. */
function byText(named: readonly string[], where: string): FoundServers | null {
  const [only] = named;
  if (named.length !== 1 || only === undefined) return null;
  return { value: [only], confidence: 0.8, reason: `the only server that ${where} names` };
}

function bySender({ mail }: Mse, servers: Inventory): FoundServers | null {
  const sending = readSendingHost(mail);
  if (!sending) return null;
  const host = servers.resolve(sending.host) ?? sending.host;
  if (servers.isReporter(host) || servers.isIgnored(host)) return null;
  return { value: [host], confidence: isShortName(host) ? 0.6 : 0.75, reason: sending.where };
}

/**
 * `nas-02` → `nas-02.ams.example.com`: as the mail itself says it somewhere, as the only known server of that name, or
 * in the domain that the mail states.
 */
function fullNameOf(host: string, { mail }: Mse, names: Names, servers: Inventory): string {
  const known = servers.resolve(host);
  if (!isShortName(host)) return known ?? host;
  const inMail = names.full.filter((name) => name.startsWith(`${host}.`) && isFullName(name));
  if (inMail[0]) return servers.resolve(inMail[0]) ?? inMail[0];
  if (known && !isShortName(known)) return known;
  const origin = originsOf(mail).find((name) => isFullName(name) && firstLabel(name) === host);
  if (origin) return origin;
  const inDomain = nearest(servers.fullNamesOf(host), mail.from.address);
  if (inDomain) return inDomain;
  const domain = statedDomain(mail.text);
  return domain ? `${host}.${domain}` : (known ?? host);
}

/** Among several of one name the one in the sender's own domain. */
function nearest(candidates: readonly string[], sender: string): string | null {
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const near = candidates.filter((name) => domain.endsWith(name.slice(name.indexOf('.'))));
  return near.length === 1 && near[0] ? near[0] : null;
}

/** Management cards and switches state it on a line of its own: "DNS domain: ams.example.com". */
const DOMAIN_LINE =
  /\bdomain(?: name)?[ \t]{0,20}[:=][ \t]{0,20}([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})/i;
const SEARCHED_CHARS = 16 * 1024;

function statedDomain(text: string): string | null {
  return DOMAIN_LINE.exec(text.slice(0, SEARCHED_CHARS))?.[1]?.toLowerCase() ?? null;
}

function see(mse: Mse, servers: Inventory): void {
  const { findings, receivedAt, mail } = mse;
  const found = findings.servers;
  if (!found) return;
  for (const name of found.value.slice(0, MOST_SERVERS)) servers.see(name, receivedAt);
  const sender = readHost(mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1));
  const isSure = found.confidence >= BY_PARSER.full;
  if (isSure && sender && countLabels(sender) > 2 && !found.value.includes(sender)) {
    servers.seeReporter(sender, receivedAt);
  }
}

/** A mail about several servers has the path that they share, which is nobody's own. */
function learnOrg({ findings: { servers: about, org }, receivedAt }: Mse, servers: Inventory): void {
  const [only, ...others] = about?.value ?? [];
  if (!only || others.length > 0 || !org || (org.source !== 'tag' && org.source !== 'rule')) return;
  servers.seeOrg(only, org.value, receivedAt);
}

function mentionOthers(mse: Mse, { known }: Names, servers: Inventory): void {
  const about = new Set(mse.findings.servers?.value);
  const sender = mse.mail.from.address;
  const others = known.filter((name) => !about.has(name) && !sender.endsWith(`@${name}`));
  mse.mentions = others.filter((name) => !servers.isReporter(name)).slice(0, MOST_MENTIONS);
}

/** The path of its server, or what the paths of its servers share; unsure of one of them is unsure. */
function decideOrg(mse: Mse, servers: Inventory): void {
  if (!mse.findings.servers) return;
  const paths = mse.findings.servers.value.map((name) => servers.belongsTo(name));
  const [first] = paths;
  if (!first || paths.includes(null)) return;
  let org: string | null = first.org;
  for (const path of paths) org = org && path ? commonPath(org, path.org) : null;
  if (!org) return;
  const confidence = Math.min(...paths.map((path) => path?.confidence ?? 0));
  const reason =
    paths.length === 1 ? first.reason : `what its ${paths.length} servers share; ${first.reason}`;
  if (decide(mse, 'org', { value: org, source: 'model', confidence, reason })) mse.orgs = [org];
}
