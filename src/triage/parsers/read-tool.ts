/** Reads a mail by its tool's parser: the first clue that gives a field decides it. */
import { hostsIn, isHost } from './hosts.ts';
import { readOutcome } from './job-output.ts';
import { textAt, type MailView, type Place } from './mail-view.ts';
import type { Clue, Meaning, Reading, Sign, ToolParser } from './parser.ts';
import { senderHost } from './sender-host.ts';
import { meaningOf } from './words.ts';

export function isSigned(mail: MailView, signs: readonly Sign[]): boolean {
  return signs.some((sign) => matches(mail, sign));
}

/** The dearest last. */
function matches(mail: MailView, { from, subject, subjectIs, header, body }: Sign): boolean {
  if (from !== undefined && !mail.lowerFrom.includes(from)) return false;
  if (subject !== undefined && !mail.lowerSubject.includes(subject)) return false;
  if (subjectIs && !subjectIs.test(mail.subject)) return false;
  if (header && !hasHeader(mail, header)) return false;
  return body === undefined || mail.lowerBody.includes(body);
}

function hasHeader(mail: MailView, [name, part]: readonly [string, string]): boolean {
  const value = mail.header(name);
  return part === '' ? value !== '' : value.toLowerCase().includes(part);
}

/** Against mails with ten thousand rows: the first say what it is about. */
const MOST_MATCHES = 200;

export function readByParser(mail: MailView, parser: ToolParser): Reading {
  const reading: Reading = { tool: parser.tool, ...(parser.isGroup ? { isGroup: true } : {}) };
  for (const clue of parser.clues) follow(mail, clue, parser, reading);
  const outcome = parser.isJob && !reading.state ? readOutcome(mail.body, mail.tail) : null;
  if (parser.isJob)
    reading.state ??= outcome ?? { value: 'unknown', reason: 'the output says nothing of success' };
  mean(reading, parser.otherwise, `a mail of ${parser.tool}`);
  if (parser.isAboutSender) aboutSender(reading, mail);
  return reading;
}

/** The sender's full name is also that of the short one in the text. */
function aboutSender(reading: Reading, mail: MailView): void {
  const host = senderHost(mail);
  const [only, ...others] = reading.hosts?.value ?? [];
  if (!host || others.length > 0 || (only !== undefined && !host.startsWith(`${only}.`))) return;
  reading.hosts = { value: [host], reason: `the machine that sent it, ${host}` };
}

function follow(mail: MailView, clue: Clue, parser: ToolParser, reading: Reading): void {
  const text = textAt(mail, clue.in);
  if (!text) return;
  const hosts = new Set<string>();
  for (const match of matchesOf(clue.pattern, text)) {
    fromGroups(reading, match.groups, parser, clue.in);
    mean(reading, clue.means, quote(match[0], clue.in));
    for (const host of hostsOf(match.groups)) hosts.add(host);
  }
  if (hosts.size > 0) reading.hosts ??= { value: [...hosts], reason: quote([...hosts].join(', '), clue.in) };
}

function* matchesOf(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  if (!pattern.global) {
    const match = pattern.exec(text);
    if (match) yield match;
    return;
  }
  let count = 0;
  for (const match of text.matchAll(pattern)) {
    yield match;
    count += 1;
    if (count === MOST_MATCHES) return;
  }
}

type Groups = Record<string, string | undefined> | undefined;

function fromGroups(reading: Reading, groups: Groups, parser: ToolParser, place: Place): void {
  if (!groups) return;
  for (const [group, word] of Object.entries(groups)) {
    if (!word) continue;
    const meaning = lookUp(word, parser);
    if (group === 'state' || group === 'level') mean(reading, pick(meaning, 'state'), quote(word, place));
    if (group === 'severity' || group === 'level')
      mean(reading, pick(meaning, 'severity'), quote(word, place));
  }
  const service = [groups['service'], groups['part']].flatMap((part) => part?.trim() || []).join('/');
  if (service) mean(reading, { service }, quote(service, place));
}

function lookUp(word: string, parser: ToolParser): Meaning {
  const key = word.trim().toLowerCase();
  return { ...meaningOf(key), ...parser.words?.[key] };
}

function pick(meaning: Meaning, field: 'state' | 'severity'): Meaning {
  return field in meaning ? { [field]: meaning[field] } : {};
}

function hostsOf(groups: Groups): string[] {
  const one = groups?.['host']?.trim().toLowerCase();
  const several = hostsIn(groups?.['hosts'] ?? '');
  return one && isHost(one) ? [one, ...several] : one ? [...hostsIn(one), ...several] : several;
}

/** Fills what is open. */
export function mean(reading: Reading, meaning: Meaning | undefined, reason: string): void {
  if (!meaning) return;
  if (meaning.state !== undefined) reading.state ??= { value: meaning.state, reason };
  if (meaning.severity !== undefined) reading.severity ??= { value: meaning.severity, reason };
  if (meaning.service !== undefined) reading.service ??= { value: meaning.service, reason };
  if (meaning.hosts === 'none') reading.hosts ??= { value: [], reason };
}

/** Reasons are shown in a line. */
const LONGEST_QUOTE = 80;

export function quote(text: string, place: Place): string {
  const short = text.trim().replace(/\s+/g, ' ');
  const cut = short.length > LONGEST_QUOTE ? `${short.slice(0, LONGEST_QUOTE)}…` : short;
  return `“${cut}” in ${typeof place === 'string' ? `the ${WORDS[place]}` : `the header ${place.header}`}`;
}

const WORDS = { subject: 'subject', body: 'text', tail: 'end of the text', from: 'sender' };
