/** What events and grouping need to know of a mail. */
import type { MseId } from '../kernel/ids.ts';
import type { Sighting } from './grouping/evidence.ts';
import { portray } from './grouping/portrait.ts';
import { effectOf, type Effect, type MailState } from './mail-state.ts';
import type { MaybeSeverity } from './severity.ts';

export interface SignalledMail {
  id: MseId;
  receivedAt: Date;
  signal: { key: string; label: string };
  state: MailState;
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  /** Servers that the text names beside. */
  mentions: string[];
  templateId: string | null;
  /** The subject without tags. */
  title: string;
  text: string;
  isNoise: boolean;
  /** One of our own notices come back: recorded, and closed at once. */
  isOwn: boolean;
  /** "Backup of db1 started :info:": a job's run has begun, and nothing has happened yet. */
  isStart: boolean;
}

/** What the mail does to its signal. The start of a run is neither trouble nor its end. */
export function effectOfMail({ state, isStart }: SignalledMail): Effect {
  return isStart ? 'neither' : effectOf(state);
}

/**
 * Reports and noise stand for themselves, each with its signal; what may be part of an incident is a problem, or a
 * mail that says it is urgent without saying what it is.
 */
export function isTrouble({ state, severity, isNoise, isOwn }: SignalledMail): boolean {
  if (isNoise || isOwn) return false;
  if (state === 'problem' || state === 'failure') return true;
  return state === 'unknown' && (severity === 'critical' || severity === 'warn');
}

const sightings = new WeakMap<SignalledMail, Sighting>();

/** As grouping sees it. Asked for by whoever looks for an event and by whoever keeps the signal; made once. */
export function sightingOf(mail: SignalledMail): Sighting {
  const known = sightings.get(mail);
  if (known) return known;
  const made = { key: mail.signal.key, portrait: portray(mail), at: mail.receivedAt };
  sightings.set(mail, made);
  return made;
}
