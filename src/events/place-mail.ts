/**
 * Decides which event a mail belongs to, by its signal (semantics §5): an open event of the same signal is joined,
 * a fresh completed one is reopened by a problem, else a new one is opened. Pure: works on loaded events in
 * memory; join-mails.ts loads and writes them.
 */
import { between, DAY } from '../kernel/clock.ts';
import { newId, type EventId, type MseId } from '../kernel/ids.ts';
import { SYSTEM } from '../accounts/role.ts';
import type { NewChange } from './change.ts';
import { severityOf, type EventSignal } from './event.ts';
import { isWithinReopenWindow, nextState, quietSince } from './lifecycle.ts';
import { effectOf, type Effect, type MailState } from './mail-state.ts';
import { commonPath } from './org-path.ts';
import type { MaybeSeverity } from './severity.ts';
import type { LoadedEvent, PlacedSignal } from './store.ts';

/** What an event needs to know of a mail. */
export interface SignalledMail {
  id: MseId;
  receivedAt: Date;
  signal: { key: string; label: string };
  state: MailState;
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  /** The subject without tags. */
  title: string;
  isNoise: boolean;
  /** One of our own notices come back: recorded, and closed at once. */
  isOwn: boolean;
}

export interface Policy {
  reopenWindowMinutes: number;
  infoQuietMinutes: number;
  recoveryCompletes: boolean;
}

/** Events of the signals of a batch, as they change mail by mail. */
export class Board {
  readonly policy: Policy;
  readonly changes: NewChange[] = [];
  readonly events = new Map<EventId, LoadedEvent>();
  readonly created = new Set<EventId>();
  readonly touched = new Set<EventId>();
  /** Signals of this batch, as they are now and where they point. */
  readonly pointed = new Map<string, PlacedSignal>();
  /** Where each signal points now. */
  readonly #current = new Map<string, LoadedEvent>();

  constructor(policy: Policy, loaded: readonly LoadedEvent[]) {
    this.policy = policy;
    for (const event of loaded) {
      this.events.set(event.id, event);
      for (const key of event.signals.keys()) this.#current.set(key, event);
    }
  }

  currentOf(key: string): LoadedEvent | undefined {
    return this.#current.get(key);
  }

  add(event: LoadedEvent): void {
    this.events.set(event.id, event);
    this.created.add(event.id);
  }

  point(signal: EventSignal, event: LoadedEvent): void {
    const former = this.#current.get(signal.key);
    if (former && former !== event) former.signals.delete(signal.key);
    event.signals.set(signal.key, signal);
    this.#current.set(signal.key, event);
    this.pointed.set(signal.key, { ...signal, eventId: event.id });
  }

  record(event: LoadedEvent, change: Omit<NewChange, 'eventId'>): void {
    this.touched.add(event.id);
    this.changes.push({ ...change, eventId: event.id });
  }
}

/** More servers than this on one event say "everywhere". */
const MOST_SERVERS = 50;

/** A signal that has been well for this long does not drag an old event along. */
const RECOVERED_FOR_GOOD_MS = DAY;

/** @returns the event that the mail belongs to from now on */
export function placeMail(board: Board, mail: SignalledMail): EventId {
  const event = board.currentOf(mail.signal.key);
  const effect = effectOf(mail.state);
  if (event) endQuietEvent(board, event, mail.receivedAt);
  if (event?.state === 'open' && !isDraggedAlong(event, mail, effect))
    return join(board, event, mail, effect);
  if (event && isWithinReopenWindow(event, board.policy, mail.receivedAt)) {
    if (effect === 'opens') return reopen(board, event, mail);
    // "It is well again" after somebody said so already: kept with the event, which stays completed.
    return note(board, event, mail);
  }
  return open(board, mail, effect);
}

/** An info event may have run out between two mails of a batch, as in an import of months. */
function endQuietEvent(board: Board, event: LoadedEvent, now: Date): void {
  const at = quietSince(event, board.policy, now);
  if (at)
    complete(board, event, at, 'quiet', `no mail for ${describeMinutes(board.policy.infoQuietMinutes)}`);
}

function isDraggedAlong(event: LoadedEvent, mail: SignalledMail, effect: Effect): boolean {
  const signal = event.signals.get(mail.signal.key);
  if (effect !== 'opens' || !signal?.recoveredAt || signal.isOpen) return false;
  return between(signal.recoveredAt, mail.receivedAt) >= RECOVERED_FOR_GOOD_MS;
}

function join(board: Board, event: LoadedEvent, mail: SignalledMail, effect: Effect): EventId {
  countMail(board, event, mail);
  const wasOpen = event.signals.get(mail.signal.key)?.isOpen ?? false;
  board.point(nextSignal(event.signals.get(mail.signal.key), mail, effect), event);
  updateSeverity(board, event, mail);
  if (effect === 'closes' && wasOpen) recover(board, event, mail);
  return event.id;
}

function recover(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  if ([...event.signals.values()].some(({ isOpen }) => isOpen)) return;
  const why = `“${mail.title}”`;
  if (board.policy.recoveryCompletes) complete(board, event, mail.receivedAt, 'recovery', why);
  else board.record(event, { at: mail.receivedAt, what: 'recovered', why });
}

function complete(board: Board, event: LoadedEvent, at: Date, by: 'recovery' | 'quiet', why: string): void {
  event.state = nextState(event.state, by);
  event.completedAt = at;
  event.completedBy = by;
  event.completionNote = null;
  event.snoozedUntil = null;
  for (const signal of event.signals.values()) {
    if (signal.isOpen) board.point({ ...signal, isOpen: false }, event);
  }
  board.record(event, { at, what: 'completed', detail: { by }, why });
}

function reopen(board: Board, event: LoadedEvent, mail: SignalledMail): EventId {
  const formerly = { completedBy: event.completedBy, assigneeId: event.assigneeId };
  event.state = nextState(event.state, 'problem');
  event.completedAt = null;
  event.completedBy = null;
  event.completionNote = null;
  // Whoever had it said it was done: somebody must take it again, and knowingly.
  event.assigneeId = null;
  event.assignedAt = null;
  board.record(event, {
    at: mail.receivedAt,
    what: 'reopened',
    detail: formerly,
    why: `“${mail.title}” returned`,
  });
  return join(board, event, mail, 'opens');
}

function note(board: Board, event: LoadedEvent, mail: SignalledMail): EventId {
  countMail(board, event, mail);
  board.point(nextSignal(event.signals.get(mail.signal.key), mail, effectOf(mail.state)), event);
  return event.id;
}

function open(board: Board, mail: SignalledMail, effect: Effect): EventId {
  const isUnknownRecovery = mail.state === 'recovery';
  const event: LoadedEvent = {
    id: newId<EventId>(mail.receivedAt),
    // Given when the batch is written.
    number: 0,
    kind: 'FAILED',
    state: 'open',
    isNoise: mail.isNoise,
    // The recovery of a problem that nobody saw opens nothing critical.
    severity: isUnknownRecovery ? 'info' : mail.severity,
    org: mail.org,
    servers: mail.servers.slice(0, MOST_SERVERS),
    title: mail.title,
    createdAt: mail.receivedAt,
    assigneeId: null,
    assignedAt: null,
    completedAt: null,
    completedBy: null,
    completionNote: null,
    snoozedUntil: null,
    mseCount: 1,
    lastMseAt: mail.receivedAt,
    signals: new Map(),
  };
  board.add(event);
  board.point(nextSignal(undefined, mail, effect), event);
  board.record(event, { at: mail.receivedAt, what: 'opened', actor: SYSTEM, why: 'by its first mail' });
  if (isUnknownRecovery) complete(board, event, mail.receivedAt, 'recovery', 'no problem was known');
  if (isGoodNews(mail)) complete(board, event, mail.receivedAt, 'recovery', 'good news asks for nobody');
  if (mail.isOwn) complete(board, event, mail.receivedAt, 'quiet', 'a notice of DaTamer that came back');
  return event.id;
}

/** "Backup finished successfully :info:". With a higher severity, or none, somebody shall look at it. */
function isGoodNews({ state, severity }: SignalledMail): boolean {
  return state === 'success' && severity === 'info';
}

function nextSignal(present: EventSignal | undefined, mail: SignalledMail, effect: Effect): EventSignal {
  return {
    ...mail.signal,
    isOpen: effect === 'opens' || (effect === 'neither' && (present?.isOpen ?? false)),
    severity: mail.severity ?? present?.severity ?? null,
    firstAt: present?.firstAt ?? mail.receivedAt,
    lastAt: mail.receivedAt,
    recoveredAt:
      effect === 'closes' ? mail.receivedAt : effect === 'opens' ? null : (present?.recoveredAt ?? null),
  };
}

function countMail(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  board.touched.add(event.id);
  event.mseCount += 1;
  if (!event.lastMseAt || mail.receivedAt > event.lastMseAt) event.lastMseAt = mail.receivedAt;
  if (mail.receivedAt < event.createdAt) event.createdAt = mail.receivedAt;
  event.servers = [...new Set([...event.servers, ...mail.servers])].slice(0, MOST_SERVERS);
  event.org = sharedOrg(event.org, mail.org);
  if (isPowerOfTen(event.mseCount)) {
    board.record(event, { at: mail.receivedAt, what: 'mails', detail: { count: event.mseCount } });
  }
}

/** The deepest common path; where there is none, the first mail's stays: no path at all would say less. */
function sharedOrg(org: string | null, other: string | null): string | null {
  if (org === null || other === null) return org ?? other;
  return commonPath(org, other) ?? org;
}

function updateSeverity(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  const severity = severityOf(event.signals.values(), event.severity);
  if (severity === event.severity) return;
  const detail = { from: event.severity, to: severity };
  event.severity = severity;
  board.record(event, { at: mail.receivedAt, what: 'severity', detail, why: `“${mail.title}”` });
}

/** 10, 100, 1000 …: a timeline that listed every mail of a flood would be one. */
function isPowerOfTen(count: number): boolean {
  return count >= 10 && Number.isInteger(Math.log10(count));
}

function describeMinutes(minutes: number): string {
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
