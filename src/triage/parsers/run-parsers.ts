/**
 * Stage: what the mail's own wording says. The parsers of single tools (one file each, in tools/) come before the
 * general reader of wording, which works on tools never seen.
 */
import { isAddress } from '../servers/host-name.ts';
import { decide, type Mse } from '../mse.ts';
import { signalSubject } from '../signal.ts';
import { isReply, readGenerally } from './general/read-generally.ts';
import { viewOf, type MailView } from './mail-view.ts';
import type { AnyParser, Reading } from './parser.ts';
import { isSigned, readByParser } from './read-tool.ts';
import { PARSERS } from './registry.ts';

export function runParsers(mses: Mse[]): void {
  runTheseParsers(mses, PARSERS);
}

/** @param parsers all of the house, or fewer for measuring what the general reader does alone */
export function runTheseParsers(mses: Mse[], parsers: readonly AnyParser[]): void {
  for (const mse of mses) {
    const mail = viewOf(mse.mail);
    // Our own notice that comes back stays ours.
    applyReading(mse, mse.isOwn ? readAsItIs(mail, parsers) : readMailBy(mail, parsers));
  }
}

export function readMailBy(mail: MailView, parsers: readonly AnyParser[]): Reading {
  return readReturnedAlarm(mail, parsers) ?? readAsItIs(mail, parsers);
}

/** A signal's tool, for what came back and is of no tool known. */
const RETURNED = 'returned alarm';

/**
 * An alarm inside a bounce: whom it was for has not seen it, so the mail is read as the alarm, not as a failed
 * delivery; likewise its end. Other mails that come back say that they could not be delivered.
 */
function readReturnedAlarm(bounce: MailView, parsers: readonly AnyParser[]): Reading | null {
  const { returned } = bounce.mail;
  if (!returned) return null;
  const mail = viewOf(returned);
  const reading = readAsItIs(mail, parsers);
  if (!isAlarmOrItsEnd(reading)) return null;
  const { tool, service, ...said } = reading;
  const matter = signalSubject(mail.subject);
  const isKnown = tool !== 'general';
  const row = isKnown && service ? service : { value: matter, reason: 'its subject' };
  return withReason(
    { ...said, tool: isKnown ? tool : RETURNED, service: row },
    'in the mail that came back: ',
  );
}

function isAlarmOrItsEnd({ state, severity }: Reading): boolean {
  if (state?.value === 'recovery') return severity?.value === 'info';
  const isAlarm =
    state?.value === 'problem' || state?.value === 'failure' || state?.value === 'acknowledgement';
  return isAlarm && (severity?.value === 'critical' || severity?.value === 'warn');
}

function withReason(reading: Reading, before: string): Reading {
  const { state, severity, hosts, service } = reading;
  return {
    ...reading,
    ...(state ? { state: { ...state, reason: before + state.reason } } : {}),
    ...(severity ? { severity: { ...severity, reason: before + severity.reason } } : {}),
    ...(hosts ? { hosts: { ...hosts, reason: before + hosts.reason } } : {}),
    ...(service ? { service: { ...service, reason: before + service.reason } } : {}),
  };
}

function readAsItIs(mail: MailView, parsers: readonly AnyParser[]): Reading {
  return readByTools(mail, parsers) ?? readGenerally(mail);
}

function readByTools(mail: MailView, parsers: readonly AnyParser[]): Reading | null {
  const isAnswer = isReply(mail.subject);
  for (const parser of parsers) {
    if (isAnswer && !('isThread' in parser && parser.isThread)) continue;
    if (!isSigned(mail, parser.signs)) continue;
    const reading = 'read' in parser ? parser.read(mail) : readByParser(mail, parser);
    if (reading) return completed(reading, mail);
  }
  return null;
}

/** What a tool's parser has left open, the general reader may know; the row it leaves to the subject. */
function completed(reading: Reading, mail: MailView): Reading {
  if (reading.state && reading.severity && reading.hosts) return reading;
  const { state, severity, hosts } = readGenerally(mail);
  return {
    ...(state ? { state } : {}),
    ...(severity ? { severity } : {}),
    // A tool that names hosts has its clue for them; an address in its text is a peer as often.
    ...(hosts && !hosts.value.every(isAddress) ? { hosts } : {}),
    ...reading,
  };
}

const CONFIDENCE = {
  /** The tool's own words in their own place. */
  tool: 0.97,
  /** Wording of a tool never seen: right nearly always; people's rules and corrections still go first. */
  general: 0.9,
  /** Repeated by a mail that says all is well: true of the alert, and often called harmless by people. */
  ofRecovery: 0.5,
};

/** Hosts stay as written: the next stage makes servers of them, with what it knows of the tenant's machines. */
function applyReading(mse: Mse, reading: Reading): void {
  const source = 'parser' as const;
  const isGeneral = reading.tool === 'general' || reading.tool === RETURNED;
  const confidence = isGeneral ? CONFIDENCE.general : CONFIDENCE.tool;
  const { tool, state, severity, hosts, service } = reading;
  if (state) decide(mse, 'state', { ...state, source, confidence });
  if (severity?.value) {
    const isRepeated = state?.value === 'recovery' && severity.value !== 'info';
    decide(mse, 'severity', {
      value: severity.value,
      reason: severity.reason,
      source,
      confidence: isRepeated ? CONFIDENCE.ofRecovery : confidence,
    });
  }
  mse.reading = {
    tool,
    hosts: hosts?.value ?? [],
    // A tool's mail without a row of its own is told apart by its subject; null is the host itself.
    service:
      service === undefined && tool !== 'general'
        ? signalSubject(mse.mail.subject)
        : (service?.value ?? null),
    ...(reading.isGroup ? { isGroup: true } : {}),
  };
}
