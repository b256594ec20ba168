/**
 * Stage: what a mail is about. Of a tool that a parser knows: the row on the tool's own screen (tool, servers,
 * service). Of others: sender, org, servers and the subject with tags, state words, numbers, times and ids taken out
 * (contract §4), with the service where a field of the text names one. So that a problem, its repetitions and its
 * recovery are one signal; what else the body says does not count, it changes with every mail.
 */
import { createHash } from 'node:crypto';
import type { Mse, Signal, ToolReading } from './mse.ts';
import { withoutStateWording } from './parsers/general/without-state-wording.ts';
import { withoutStateWords } from './parsers/state-words.ts';
import { withoutTags } from './tags/grammar.ts';

export function deriveSignals(mses: Mse[]): void {
  for (const mse of mses) mse.signal = signalOf(mse);
}

/** A label is read by people and kept per signal: longer subjects differ long before this. */
const LONGEST_LABEL = 400;

function signalOf(mse: Mse): Signal {
  const { reading } = mse;
  const isKnown = reading && reading.tool !== 'general';
  const parts = [mse.findings.noise ? 'noise' : '', ...(isKnown ? rowOf(mse, reading) : wordingOf(mse))];
  const ofKey = isKnown ? parts : parts.map(inOrder);
  return { key: keyOf(ofKey.join('\n')), label: parts.filter(Boolean).join(' · ').slice(0, LONGEST_LABEL) };
}

/** "Build failed in CI: shop" and "CI build is back to normal: shop" differ in the order of words. */
function inOrder(text: string): string {
  return [...new Set(text.split(' '))].sort().join(' ');
}

/** The org is left out where servers are known: a problem may be tagged and its recovery not. */
function rowOf(mse: Mse, { tool, hosts, service, isGroup }: ToolReading): string[] {
  const servers = isGroup ? '' : asWritten(hosts) || givenServers(mse);
  const { address } = mse.mail.from;
  const sender = isGroup ? address.slice(address.lastIndexOf('@') + 1) : address;
  const whose = servers === '' ? [sender, taggedOrg(mse)] : ['', ''];
  return [tool, ...whose, servers, service?.toLowerCase().replace(/\s+/g, ' ') ?? 'host'];
}

function wordingOf(mse: Mse): string[] {
  const { mail, reading } = mse;
  const service = reading?.service ? matterOf(reading.service) : '';
  const servers = givenServers(mse) || (reading?.isGroup ? '' : asWritten(reading?.hosts ?? []));
  return [mail.from.address, taggedOrg(mse), servers, signalSubject(mail.subject), service];
}

/** By a tag, a rule or a person. Full names that are worked out from what is known of the tenant change as it is learnt. */
function givenServers({ findings: { servers } }: Mse): string {
  return servers && servers.source !== 'parser' && servers.source !== 'model' ? asWritten(servers.value) : '';
}

/** A tool writes a host always alike. */
function asWritten(hosts: readonly string[]): string {
  return [...new Set(hosts.map((host) => host.toLowerCase()))].sort().join(',');
}

/** A path that was only learnt is learnt some day: the signal would change with it. */
function taggedOrg({ findings: { org } }: Mse): string {
  return org && org.source !== 'model' ? org.value : '';
}

/** The first 128 bits of a SHA-256, in the shape of a UUID: a narrow index key. */
function keyOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

const REPLY_PREFIX = /^(?:(?:re|fwd?|aw|wg)\s*:\s*)+/i;
/** In this order: what contains others first. Digits inside names (db1, web-17) stay, they tell hosts apart. */
const MASKS: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#'],
  [
    /\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[t ]?\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?/gi,
    '#',
  ],
  [/\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b/g, '#'],
  [/\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b/g, '#'],
  [
    /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:\s+\d{1,2})?/gi,
    '#',
  ],
  [/\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,})\b/gi, '#'],
  [/[([#](?=[0-9a-f]*\d)[0-9a-f]{6,}[)\]]?(?!\w)/gi, '#'],
  [
    /(?<![\w.-])(?!\d{1,3}(?:\.\d{1,3}){3}(?!\d))[+-]?\d+(?:[.,]\d+)*\s?(?:%|[kmgt]i?b(?:\/s)?|ms|s|min|h|d|days?|hours?|minutes?|seconds?|°?c)?(?![\w-])/gi,
    '#',
  ],
];

const DURATION = /\b\d{1,6}(?:ms|[smhdw])\b/gi;

/**
 * The subject without anything that tells a problem from its recovery, in any of the languages that are read: "db1 UPS
 * Power Failure !!!" and "db1 UPS Power has returned". What consists of such words alone stays as it is.
 */
export function signalSubject(subject: string): string {
  return matterOf(withoutTags(subject).replace(REPLY_PREFIX, '')) || maskSubject(subject);
}

/** Without numbers, times, ids and state. */
export function matterOf(text: string): string {
  let masked = text;
  for (const [pattern] of MASKS) masked = masked.replace(pattern, ' ');
  return withoutStateWording(masked.replace(DURATION, ' '));
}

/** `** PROBLEM: load 17.3 on web-17 **` and `** RECOVERY: load 0.4 on web-17 **` become the same. */
export function maskSubject(subject: string): string {
  let text = withoutTags(subject).replace(REPLY_PREFIX, '');
  for (const [pattern, mark] of MASKS) text = text.replace(pattern, mark);
  return withoutStateWords(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#./@_-]+/gu, ' ')
    .replace(/(?:# ?)+/g, '# ')
    .trim();
}
