/**
 * The reader for tools never seen: state by wording and fields, severity where it is stated, hosts and service where
 * a field or the subject names them. Subject first; the text only for what the subject leaves open or states weakly.
 */
import type { MailState } from '../../../events/mail-state.ts';
import type { MailView } from '../mail-view.ts';
import type { Reading, Said } from '../parser.ts';
import { meaningOf } from '../words.ts';
import { readPairs, type Pair } from './key-values.ts';
import { hostsInSubject, hostsOfField } from './read-hosts.ts';
import { severityInSubject, severityOfValue } from './read-severity.ts';
import { readWording } from './read-wording.ts';

export function readGenerally(mail: MailView): Reading {
  const pairs = readPairs(mail.body);
  const state = readState(mail, pairs);
  const severity = readSeverity(mail, pairs, state?.value);
  const hosts = readHosts(mail, pairs);
  const service = readService(pairs);
  return {
    tool: 'general',
    ...(state ? { state } : {}),
    ...(severity ? { severity } : {}),
    ...(hosts ? { hosts } : {}),
    ...(service ? { service } : {}),
  };
}

function readState(mail: MailView, pairs: readonly Pair[]): Said<MailState> | null {
  if (isPersonal(mail)) return { value: 'unknown', reason: 'a reply, not a tool’s own mail' };
  const bySubject = readWording(mail.subject);
  if (bySubject?.isStrong) return { value: bySubject.state, reason: `“${bySubject.words}” in the subject` };
  return (
    byField(pairs) ??
    byText(mail, bySubject?.state) ??
    (bySubject ? { value: bySubject.state, reason: `“${bySubject.words}” in the subject` } : null)
  );
}

const REPLY = /^(?:re|aw|antw|antwort|rv|sv|vs|r[eé]f?)\s{0,3}:/i;

/** People answer alerts, and their holiday answers do; both quote a state that is not news. */
function isPersonal({ subject, header }: MailView): boolean {
  if (/auto-replied|vacation/i.test(header('auto-submitted'))) return !/^$/.test(header('auto-submitted'));
  return REPLY.test(subject) || header('x-autoreply') !== '' || header('x-autorespond') !== '';
}

function byField(pairs: readonly Pair[]): Said<MailState> | null {
  for (const { key, name, value } of pairs) {
    if (key !== 'state') continue;
    const state = stateOfValue(value);
    if (state) return { value: state, reason: `“${name}: ${value.slice(0, 60)}” in the text` };
  }
  return null;
}

function stateOfValue(value: string): MailState | null {
  const word = value.toLowerCase().replace(/\s*\(.*$/, '');
  const single = meaningOf(word.replace(/[\s-]+/g, '_')).state ?? meaningOf(word).state;
  if (single) return single;
  if (value.length > 60) return null;
  return readWording(value)?.state ?? null;
}

/** Enough to pass a greeting; what follows is detail. */
const READ_LINES = 12;

/** The first line that says something clearly; of jobs' outputs failure counts wherever it stands. */
function byText({ body }: MailView, weak: MailState | undefined): Said<MailState> | null {
  const lines = body.split('\n', 200).filter((line) => line.trim() !== '' && !line.startsWith('>'));
  for (const line of lines.slice(0, READ_LINES)) {
    const wording = readWording(line.slice(0, 300));
    if (!wording?.isStrong || wording.state === 'report') continue;
    if (weak === 'report' && wording.state !== 'failure' && wording.state !== 'problem') continue;
    if (weak === 'report') return null;
    return { value: wording.state, reason: `“${wording.words}” in the text` };
  }
  return null;
}

function readSeverity(
  mail: MailView,
  pairs: readonly Pair[],
  state: MailState | undefined,
): Reading['severity'] {
  for (const { key, name, value } of pairs) {
    if (key !== 'severity') continue;
    const severity = severityOfValue(value);
    if (severity) return { value: severity, reason: `“${name}: ${value.slice(0, 60)}” in the text` };
  }
  const stated = severityInSubject(mail.subject);
  if (stated && (state !== 'recovery' || stated.severity === 'info')) {
    return { value: stated.severity, reason: `“${stated.words.trim()}” in the subject` };
  }
  // A level word as the state's own field: "State: CRITICAL", "New state: OK".
  for (const { key, name, value } of pairs) {
    if (key !== 'state' || value.length > 20) continue;
    const { severity } = meaningOf(value.toLowerCase());
    if (severity) return { value: severity, reason: `“${name}: ${value}” in the text` };
  }
  return undefined;
}

function readHosts({ subject }: MailView, pairs: readonly Pair[]): Said<string[]> | null {
  const fields = pairs.filter(({ key }) => key === 'host');
  const byField = fields.map(({ name, value }) => ({ name, hosts: hostsOfField(value) }));
  const found = byField.filter(({ hosts }) => hosts.length > 0);
  const inSubject = hostsInSubject(subject);
  // A field that repeats what the subject names is the better witness than one that does not.
  const agreeing = found.find(({ hosts }) => hosts.some((host) => inSubject.includes(host)));
  const best = agreeing ?? [...found].sort((a, b) => rankOf(a.name) - rankOf(b.name))[0];
  if (best && (rankOf(best.name) <= 1 || inSubject.length === 0)) {
    return { value: best.hosts, reason: `“${best.name}: ${best.hosts.join(', ')}” in the text` };
  }
  if (inSubject.length > 0) return { value: inSubject, reason: `“${inSubject.join(', ')}” in the subject` };
  return null;
}

/** Names that say host, before those that may say anything. */
function rankOf(name: string): number {
  if (/host|fqdn|serve|node|machine|rechner|hote|comput|equipo|maquina|nodo/.test(name)) return 0;
  return /system|instance|device|vm|client|agent/.test(name) ? 1 : 2;
}

/** Only fields: a service guessed from prose would part a problem from its recovery. */
function readService(pairs: readonly Pair[]): Said<string> | null {
  const service = pairs.find(({ key }) => key === 'service');
  if (!service) return null;
  const parts = pairs.filter(({ key }) => key === 'part').map(({ value }) => value);
  const value = [service.value, ...parts].join('/').slice(0, 200);
  return { value, reason: `“${service.name}: ${service.value.slice(0, 60)}” in the text` };
}
