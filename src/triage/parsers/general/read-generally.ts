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
import { spellOut, tokensOf, type Token } from './find-phrases.ts';
import { severityIn, severityOfValue } from './read-severity.ts';
import { readTokens, readWording } from './read-wording.ts';
import { transitionIn } from './transition.ts';

export function readGenerally(mail: MailView): Reading {
  const pairs = readPairs(mail.body);
  // Tools that may not put blanks into a subject put this: "Log_alert_on_db1".
  const subject = mail.subject.includes(' ') ? mail.subject : mail.subject.replaceAll('_', ' ');
  const tokens = tokensOf(spellOut(subject));
  const state = readState(mail, subject, tokens, pairs);
  const severity = readSeverity(mail, tokens, pairs, state);
  const hosts = readHosts(subject, pairs);
  const service = readService(pairs);
  const stated = state ?? asReport(severity);
  return {
    tool: 'general',
    ...(stated ? { state: { value: stated.value, reason: stated.reason } } : {}),
    ...(severity ? { severity } : {}),
    ...(hosts ? { hosts } : {}),
    ...(service ? { service } : {}),
    // A list grows and shrinks from mail to mail of one alarm.
    ...(hosts && hosts.value.length > 1 ? { isGroup: true } : {}),
  };
}

/** Said to be for information, and nothing else. */
function asReport(severity: Reading['severity']): Said<MailState> | null {
  return severity?.value === 'info' ? { value: 'report', reason: severity.reason } : null;
}

/** `isSilent`: a person's answer. `isNotice`: said to be neither well nor ill. */
type SaidState = Said<MailState> & { isSilent?: boolean; isNotice?: boolean; line?: readonly Token[] };

function readState(
  mail: MailView,
  subject: string,
  tokens: readonly Token[],
  pairs: readonly Pair[],
): SaidState | null {
  if (isPersonal(mail)) return { value: 'unknown', reason: 'a reply, not a tool’s own mail', isSilent: true };
  const isJob = pairs.some(({ key, name }) => key === 'ofJob' || NAMES_JOB.has(name));
  const wording = readTokens(tokens, isJob);
  const bySubject = wording && { value: wording.state, reason: `“${wording.words}” in the subject` };
  if (wording?.isStrong && bySubject) {
    if (NOT_DELIVERED.test(wording.words) && DELIVERY.test(mail.address))
      return { ...bySubject, value: 'failure' };
    return { ...bySubject, isNotice: wording.state === 'unknown' };
  }
  // A local account mails what its job printed, or a program of its own.
  if (!wording && isJobOutput(mail, subject)) return readOutcome(mail.body, mail.tail);
  const marked = wording?.state === 'report' && OF_STATUS.test(subject) ? byOutcomeMarks(mail.body) : null;
  return marked ?? byField(pairs) ?? byText(mail, wording?.state) ?? bySubject;
}

/** Fields that only a job's mail has. */
const NAMES_JOB = new Set(
  'job,job name,job id,job status,backup job,task,task name,pipeline,playbook,build,build status,auftrag,tache,tarea,lavoro'.split(
    ',',
  ),
);

const REPLY = /^(?:re|aw|antw|antwort|rv|sv|vs|r[eé]f?)\s{0,3}:/i;
const NOT_DELIVERED = /fail|return|undeliver/;
/** Bounces; their sender may be empty. */
const DELIVERY = /^(?:mailer-daemon|postmaster)@|^$/;

/** A person's answer to an alert quotes its subject, and with it the tool's own words. */
export function isReply(subject: string): boolean {
  return REPLY.test(subject);
}

/** Some mail servers call their notices automatic replies. */
const BOUNCED =
  /^\W{0,3}(?:undeliver|unzustellbar|non remis|no se puede entregar|delivery (?:delayed|failure|status)|returned mail|mail delivery)/i;

/** People answer alerts, and their holiday answers do; both quote a state that is not news. */
function isPersonal({ subject, address, header }: MailView): boolean {
  if (DELIVERY.test(address) || BOUNCED.test(subject)) return false;
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
    const state =
      key === 'state' ? stateOfValue(value) : key === 'severity' && CALM.test(value) ? 'recovery' : null;
    if (state) return { value: state, reason: `“${name}: ${value.slice(0, 60)}” in the text` };
  }
  return null;
}

/** A severity that says that it is over. */
const CALM = /^\W{0,3}(?:clear(?:ed)?|recovered|resolved|ok|normal)\b/i;

function stateOfValue(value: string): MailState | null {
  const word = value.toLowerCase().replace(/\s*\(.*$/, '');
  const single = meaningOf(word.replace(/[\s-]+/g, '_')).state ?? meaningOf(word).state;
  if (single) return single;
  if (value.length > 60) return null;
  return readWording(value)?.state ?? null;
}

/** Reports on how something is, or went; a digest of logs is none. */
const OF_STATUS = /\b(?:status|backup|job|sync|update)\b.{0,20}\breport\b/i;
/** "FAILED: updating host", "SUCCESS: …" at the beginning of a line. */
const OUTCOME_MARK = /^[ \t]{0,8}\[?(?:(FAILED|FAILURE|FAIL)|(SUCCESS|SUCCEEDED))\]?[ \t]{0,3}:/gm;
/** Of a log of them; one failure among the first is enough. */
const MOST_MARKS = 50;

/** A report whose lines say how each thing went: one that failed is what counts. */
function byOutcomeMarks(body: string): Said<MailState> | null {
  let success: Said<MailState> | null = null;
  let count = 0;
  for (const [, failed, succeeded = ''] of body.matchAll(OUTCOME_MARK)) {
    if (failed) return { value: 'failure', reason: `“${failed}” begins a line of the text` };
    success ??= { value: 'success', reason: `“${succeeded}” begins a line of the text` };
    count += 1;
    if (count === MOST_MARKS) break;
  }
  return success;
}

/** Enough to pass a greeting; what follows is detail. */
const READ_LINES = 12;

/** The first line that says something clearly; of jobs' outputs failure counts wherever it stands. */
function byText({ body }: MailView, weak: MailState | undefined): SaidState | null {
  const lines = body.split('\n', 200).filter((line) => line.trim() !== '' && !line.startsWith('>'));
  for (const line of lines.slice(0, READ_LINES)) {
    const tokens = tokensOf(spellOut(line.slice(0, 300)));
    const wording = readTokens(tokens);
    if (!wording?.isStrong || wording.state === 'report') continue;
    if (weak === 'report' && wording.state !== 'failure' && wording.state !== 'problem') continue;
    if (weak === 'report') return null;
    return { value: wording.state, reason: `“${wording.words}” in the text`, line: tokens };
  }
  return null;
}

function readSeverity(
  mail: MailView,
  tokens: readonly Token[],
  pairs: readonly Pair[],
  state: SaidState | null,
): Reading['severity'] {
  // A mail server's "Warning: message delayed" is of one mail.
  if (state?.isSilent || DELIVERY.test(mail.address)) return undefined;
  const stated = byLevelField(pairs) ?? byMark(tokens, state);
  // "urgency=high" in a list of changes is nobody's alarm.
  if (state?.value === 'report' || state?.value === 'success')
    return stated?.value === 'info' ? stated : undefined;
  return stated ?? byStateField(pairs) ?? byLine(state) ?? byCalm(state);
}

/** "CRIT: /usr/bin/ssh changed": what begins the line that told the state. */
function byLine(state: SaidState | null): Reading['severity'] {
  const stated = state?.line && state.value === 'problem' ? severityIn(state.line.slice(0, 1)) : null;
  return stated ? { value: stated.severity, reason: `“${stated.words}” in the text` } : undefined;
}

function byLevelField(pairs: readonly Pair[]): Reading['severity'] {
  for (const { key, name, value } of pairs) {
    const severity = key === 'severity' ? severityOfValue(value, name) : null;
    if (severity) return { value: severity, reason: `“${name}: ${value.slice(0, 60)}” in the text` };
  }
  return undefined;
}

/** Of two states the new one counts. A mark beside "resolved" is the alarm's, repeated. */
function byMark(tokens: readonly Token[], state: SaidState | null): Reading['severity'] {
  const transition = transitionIn(tokens);
  const ofNew = transition && severityOfValue(transition.word);
  if (ofNew && transition.state !== 'recovery')
    return { value: ofNew, reason: `now “${transition.word}” in the subject` };
  const stated =
    transition || isBackToOk(tokens, state) ? null : severityIn(tokens, state?.value === 'recovery');
  return stated ? { value: stated.severity, reason: `“${stated.words}” in the subject` } : undefined;
}

/** "OK: was CRITICAL", "Back to normal: load high": the level in it is over. */
function isBackToOk(tokens: readonly Token[], state: SaidState | null): boolean {
  return state?.value === 'recovery' && !tokens.some(({ word }) => REPEATING.has(word));
}

/** What an alarm system says of its own alarms, whose severity they keep. */
const REPEATING = new Set('resolved closed cleared alert incident issue priority severity'.split(' '));

/** A level word as the state's own field: "State: CRITICAL", "New state: OK". */
function byStateField(pairs: readonly Pair[]): Reading['severity'] {
  for (const { key, name, value } of pairs) {
    if (key !== 'state' || value.length > 20) continue;
    const severity = meaningOf(value.toLowerCase()).severity ?? severityOfValue(value, name);
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
  if (inSubject.length > 0) return { value: inSubject, reason: `“${inSubject.join(', ')}” in the subject` };
  const target = pairs.find(({ key }) => key === 'target');
  const asked = target ? hostsOfField(target.value) : [];
  return target && asked.length > 0
    ? { value: asked, reason: `“${target.name}: ${asked.join(', ')}” in the text` }
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
