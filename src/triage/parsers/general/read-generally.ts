/**
 * The reader for tools never seen: state by wording and fields, severity where it is stated, hosts and service where
 * a field or the subject names them. Subject first; the text only for what the subject leaves open or states weakly.
 */
import type { MailState } from '../../../events/mail-state.ts';
import type { MailView } from '../mail-view.ts';
import type { Reading, Said } from '../parser.ts';
import { readOutcome } from '../job-output.ts';
import { meaningOf } from '../words.ts';
import { readPairs, type Pair } from './key-values.ts';
import { hostsInSubject, hostsOfField } from './read-hosts.ts';
import { severityInSubject, severityOfValue } from './read-severity.ts';
import { readWording } from './read-wording.ts';

export function readGenerally(mail: MailView): Reading {
  const pairs = readPairs(mail.body);
  // Tools that may not put blanks into a subject put this: "Log_alert_on_db1".
  const subject = mail.subject.includes(' ') ? mail.subject : mail.subject.replaceAll('_', ' ');
  const state = readState(mail, subject, pairs);
  const severity = readSeverity(subject, pairs, state);
  const hosts = readHosts(subject, pairs);
  const service = readService(pairs);
  return {
    tool: 'general',
    ...(state ? { state: { value: state.value, reason: state.reason } } : {}),
    ...(severity ? { severity } : {}),
    ...(hosts ? { hosts } : {}),
    ...(service ? { service } : {}),
    // A list grows and shrinks from mail to mail of one alarm.
    ...(hosts && hosts.value.length > 1 ? { isGroup: true } : {}),
  };
}

/** `isSilent`: a person's answer. `isNotice`: said to be neither well nor ill. */
type SaidState = Said<MailState> & { isSilent?: boolean; isNotice?: boolean };

function readState(mail: MailView, subject: string, pairs: readonly Pair[]): SaidState | null {
  if (isPersonal(mail)) return { value: 'unknown', reason: 'a reply, not a tool’s own mail', isSilent: true };
  const wording = readWording(subject);
  const bySubject = wording && { value: wording.state, reason: `“${wording.words}” in the subject` };
  if (wording?.isStrong && bySubject) {
    if (NOT_DELIVERED.test(wording.words) && DELIVERY.test(mail.address))
      return { ...bySubject, value: 'failure' };
    return { ...bySubject, isNotice: wording.state === 'unknown' };
  }
  // A local account mails what its job printed, or a program of its own.
  if (!wording && isJobOutput(mail, subject)) return readOutcome(mail.body, mail.tail);
  return byField(pairs) ?? byText(mail, wording?.state) ?? bySubject;
}

const REPLY = /^(?:re|aw|antw|antwort|rv|sv|vs|r[eé]f?)\s{0,3}:/i;
const NOT_DELIVERED = /fail|return|undeliver/;
/** Bounces; their sender may be empty. */
const DELIVERY = /^(?:mailer-daemon|postmaster)@|^$/;

/** A person's answer to an alert quotes its subject, and with it the tool's own words. */
export function isReply(subject: string): boolean {
  return REPLY.test(subject);
}

/** People answer alerts, and their holiday answers do; both quote a state that is not news. */
function isPersonal({ subject, address, header }: MailView): boolean {
  if (DELIVERY.test(address)) return false;
  if (isReply(subject) || header('auto-submitted').startsWith('auto-replied')) return true;
  return header('x-autoreply') !== '' || header('x-autorespond') !== '';
}

const OWN_ACCOUNT = /^(?:root|cron|daemon|www-data|backup|anacron|cf\w{1,20})@/;
const COMMAND =
  /^(?:\W{0,3}cron\b|anacron\b)|<[^<>\s@]{1,64}@[^<>\s]{1,253}>|(?:^|\s)\/(?:usr|opt|bin|sbin|etc|home|srv|var)\//i;

function isJobOutput({ address }: MailView, subject: string): boolean {
  return COMMAND.test(subject) || OWN_ACCOUNT.test(address);
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

function readSeverity(subject: string, pairs: readonly Pair[], state: SaidState | null): Reading['severity'] {
  // "urgency=high" in a list of changes is nobody's alarm.
  if (state?.isSilent || state?.value === 'report' || state?.value === 'success') return undefined;
  return byLevelField(pairs) ?? byMark(subject, state) ?? byStateField(pairs) ?? byCalm(state);
}

function byLevelField(pairs: readonly Pair[]): Reading['severity'] {
  for (const { key, name, value } of pairs) {
    const severity = key === 'severity' ? severityOfValue(value) : null;
    if (severity) return { value: severity, reason: `“${name}: ${value.slice(0, 60)}” in the text` };
  }
  return undefined;
}

function byMark(subject: string, state: SaidState | null): Reading['severity'] {
  const stated = severityInSubject(subject);
  if (!stated || (state?.value === 'recovery' && stated.severity !== 'info')) return undefined;
  return { value: stated.severity, reason: `“${stated.words.trim()}” in the subject` };
}

/** A level word as the state's own field: "State: CRITICAL", "New state: OK". */
function byStateField(pairs: readonly Pair[]): Reading['severity'] {
  for (const { key, name, value } of pairs) {
    if (key !== 'state' || value.length > 20) continue;
    const { severity } = meaningOf(value.toLowerCase());
    if (severity) return { value: severity, reason: `“${name}: ${value}” in the text` };
  }
  return undefined;
}

/** What is well again, and notices of downtimes, tests and starts, alarm nobody. */
function byCalm(state: SaidState | null): Reading['severity'] {
  if (state?.value === 'recovery') return { value: 'info', reason: `a recovery: ${state.reason}` };
  if (state?.value === 'unknown' && state.isNotice)
    return { value: 'info', reason: `a notice: ${state.reason}` };
  return undefined;
}

/** As many as an event shows. */
const MOST_HOSTS = 50;

function readHosts(subject: string, pairs: readonly Pair[]): Said<string[]> | null {
  const fields = pairs.filter(({ key }) => key === 'host');
  const named = fields.map(({ name, value }) => ({ name, hosts: hostsOfField(value) }));
  const found = named.filter(({ hosts }) => hosts.length > 0);
  const inSubject = hostsInSubject(subject);
  // A field that repeats what the subject names is the better witness than one that does not.
  const agreeing = found.find(({ hosts }) => hosts.some((host) => inSubject.includes(host)));
  const best = agreeing ?? [...found].sort((a, b) => rankOf(a.name) - rankOf(b.name))[0];
  if (best && (rankOf(best.name) <= 1 || inSubject.length === 0)) {
    const same = found.filter(({ name }) => name === best.name).flatMap(({ hosts }) => hosts);
    const value = [...new Set(same)].slice(0, MOST_HOSTS);
    return { value, reason: `“${best.name}: ${value.slice(0, 3).join(', ')}” in the text` };
  }
  return inSubject.length > 0
    ? { value: inSubject, reason: `“${inSubject.join(', ')}” in the subject` }
    : null;
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
