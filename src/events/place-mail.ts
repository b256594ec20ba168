/**
 * Decides which event a mail belongs to (semantics §5): an open event of the same signal is joined, a fresh completed
 * one is reopened by a problem; a new problem joins the event that grouping finds for it, else it opens one. Pure:
 * works on loaded events in memory; join-mails.ts loads and writes them.
 */
import { between, DAY } from '../kernel/clock.ts';
import { newId, type EventId, type MseId } from '../kernel/ids.ts';
import { SYSTEM } from '../accounts/role.ts';
import type { NewChange } from './change.ts';
import { severityOf, type EventSignal, type Joined } from './event.ts';
import { calmSince, isFlapping, nextTurns } from './flapping.ts';

import type { Sighting } from './grouping/evidence.ts';
import type { Grouping } from './grouping/grouping.ts';
import { portray, type Portrait } from './grouping/portrait.ts';
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
  /** Servers that the text names beside. */
  mentions: string[];
  /** The subject without tags. */
  title: string;
  text: string;
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
  readonly grouping: Grouping;
  readonly changes: NewChange[] = [];
  readonly events = new Map<EventId, LoadedEvent>();
  readonly created = new Set<EventId>();
  readonly touched = new Set<EventId>();
  /** Completed meanwhile: none of their signals is open any more, loaded or not. */
  readonly closed = new Set<EventId>();
  /** Events that took in signals: their first cause may be another now. */
  readonly grown = new Set<EventId>();
  /** Pairs that turned out to be one incident. */
  readonly merges: { from: LoadedEvent; into: LoadedEvent; why: string }[] = [];
  /** Signals of this batch, as they are now and where they point. */
  readonly pointed = new Map<string, PlacedSignal>();
  /** Where each signal points now. */
  readonly #current = new Map<string, LoadedEvent>();

  constructor(policy: Policy, grouping: Grouping, loaded: readonly LoadedEvent[]) {
    this.policy = policy;
    this.grouping = grouping;
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
  const event = place(board, mail);
  remember(board, event, mail);
  return event.id;
}

function place(board: Board, mail: SignalledMail): LoadedEvent {
  const event = board.currentOf(mail.signal.key);
  const effect = effectOf(mail.state);
  if (event) endQuietEvent(board, event, mail.receivedAt);
  if (event?.state === 'open' && !isDraggedAlong(event, mail, effect))
    return join(board, event, mail, effect, null);
  if (event && isWithinReopenWindow(event, board.policy, mail.receivedAt)) {
    if (effect === 'opens') return reopen(board, event, mail);
    // "It is well again" after somebody said so already: kept with the event, which stays completed.
    return note(board, event, mail);
  }
  return joinNeighbour(board, mail) ?? open(board, mail, effect);
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

export function sightingOf(mail: SignalledMail): Sighting {
  return { key: mail.signal.key, portrait: portray(mail), at: mail.receivedAt };
}

/** @returns null when no open event is likely enough */
function joinNeighbour(board: Board, mail: SignalledMail): LoadedEvent | null {
  if (!isTrouble(mail)) return null;
  const isOpen = (id: EventId) => board.events.get(id)?.state === 'open';
  const choice = board.grouping.choose(sightingOf(mail), isOpen);
  const event = choice ? board.events.get(choice.eventId) : undefined;
  if (!choice || !event) return null;
  board.grown.add(event.id);
  for (const id of choice.same) mergeFresh(board, event, board.events.get(id));
  return join(board, event, mail, 'opens', { score: choice.score, reasons: choice.reasons });
}

/**
 * The first mails of an incident may have opened several events before a later mail shows that they are one. What
 * nobody has taken in hand yet is merged; a person can take it back.
 */
function mergeFresh(board: Board, one: LoadedEvent, other: LoadedEvent | undefined): void {
  if (!other || other.state !== 'open') return;
  const [into, from] = one.createdAt <= other.createdAt ? [one, other] : [other, one];
  const isTaken = from.assigneeId !== null || from.snoozedUntil !== null;
  const isInvolved = board.merges.some((merge) => [merge.from, merge.into].some((event) => event === from));
  if (isTaken || isInvolved || board.merges.some((merge) => merge.from === into)) return;
  board.merges.push({ from, into, why: 'a mail shows that both are one incident' });
  board.grouping.absorb(into.id, from.id);
}

/** Tells grouping what the mail said. */
function remember(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  const known = board.merges.find(({ from }) => from === event)?.into ?? event;
  if (event.state !== 'open') board.grouping.retire(known.id);
  else if (isTrouble(mail)) board.grouping.noteProblem(known.id, known.createdAt, sightingOf(mail));
  else if (effectOf(mail.state) === 'closes')
    board.grouping.noteRecovery(known.id, mail.signal.key, mail.receivedAt);
}

/** An info event may have run out between two mails of a batch, as in an import of months. */
function endQuietEvent(board: Board, event: LoadedEvent, now: Date): void {
  if (event.flapping) endFlapping(board, event, now);
  const at = quietSince(event, board.policy, now);
  if (at)
    complete(board, event, at, 'quiet', `no mail for ${describeMinutes(board.policy.infoQuietMinutes)}`);
}

/** Long calm before this mail, as in an import of months: what the job would have done then. */
function endFlapping(board: Board, event: LoadedEvent, now: Date): void {
  const at = calmSince([{ turns: event.lastMseAt ? [event.lastMseAt] : [] }], now);
  if (!at || event.state !== 'open') return;
  event.flapping = false;
  const isWell = event.otherOpen.length === 0 && ![...event.signals.values()].some(({ isOpen }) => isOpen);
  if (isWell) complete(board, event, at, 'recovery', 'calm for an hour');
}

function isDraggedAlong(event: LoadedEvent, mail: SignalledMail, effect: Effect): boolean {
  const signal = event.signals.get(mail.signal.key);
  if (effect !== 'opens' || !signal?.recoveredAt || signal.isOpen) return false;
  return between(signal.recoveredAt, mail.receivedAt) >= RECOVERED_FOR_GOOD_MS;
}

function join(
  board: Board,
  event: LoadedEvent,
  mail: SignalledMail,
  effect: Effect,
  joined: Joined | null,
): LoadedEvent {
  countMail(board, event, mail);
  const wasOpen = event.signals.get(mail.signal.key)?.isOpen ?? false;
  board.point(nextSignal(event.signals.get(mail.signal.key), mail, effect, joined), event);
  updateSeverity(board, event, mail);
  if (effect === 'closes' && wasOpen) recover(board, event, mail);
  return event;
}

function recover(board: Board, event: LoadedEvent, mail: SignalledMail): void {
  const turns = event.signals.get(mail.signal.key)?.turns ?? [];
  if (isFlapping(turns, mail.receivedAt)) beginFlapping(board, event, mail, turns.length);
  if (event.otherOpen.length > 0 || [...event.signals.values()].some(({ isOpen }) => isOpen)) return;
  // It would only come back: the event stays open until the turning ends (flapping.ts).
  if (event.flapping) return;
  const why = `“${mail.title}”`;
  if (board.policy.recoveryCompletes) complete(board, event, mail.receivedAt, 'recovery', why);
  else board.record(event, { at: mail.receivedAt, what: 'recovered', why });
}

function beginFlapping(board: Board, event: LoadedEvent, mail: SignalledMail, turns: number): void {
  if (event.flapping) return;
  event.flapping = true;
  const why = `“${mail.title}” has come and gone ${turns} times within an hour`;
  board.record(event, { at: mail.receivedAt, what: 'flapping', why });
}

function complete(board: Board, event: LoadedEvent, at: Date, by: 'recovery' | 'quiet', why: string): void {
  event.state = nextState(event.state, by);
  event.completedAt = at;
  event.completedBy = by;
  event.completionNote = null;
  event.snoozedUntil = null;
  event.flapping = false;
  for (const signal of event.signals.values()) {
    if (signal.isOpen) board.point({ ...signal, isOpen: false }, event);
  }
  event.otherOpen = [];
  board.closed.add(event.id);
  board.record(event, { at, what: 'completed', detail: { by }, why });
}

function reopen(board: Board, event: LoadedEvent, mail: SignalledMail): LoadedEvent {
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
  return join(board, event, mail, 'opens', null);
}

function note(board: Board, event: LoadedEvent, mail: SignalledMail): LoadedEvent {
  countMail(board, event, mail);
  board.point(nextSignal(event.signals.get(mail.signal.key), mail, effectOf(mail.state), null), event);
  return event;
}

function open(board: Board, mail: SignalledMail, effect: Effect): LoadedEvent {
  const isUnknownRecovery = mail.state === 'recovery';
  const event: LoadedEvent = {
    id: newId<EventId>(mail.receivedAt),
    // Given when the batch is written.
    number: 0,
    kind: 'FAILED',
    state: 'open',
    isNoise: mail.isNoise,
    flapping: false,
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
    otherOpen: [],
  };
  board.add(event);
  board.point(nextSignal(undefined, mail, effect, null), event);
  board.record(event, { at: mail.receivedAt, what: 'opened', actor: SYSTEM, why: 'by its first mail' });
  if (isUnknownRecovery) complete(board, event, mail.receivedAt, 'recovery', 'no problem was known');
  if (isGoodNews(mail)) complete(board, event, mail.receivedAt, 'recovery', 'good news asks for nobody');
  if (mail.isOwn) complete(board, event, mail.receivedAt, 'quiet', 'a notice of DaTamer that came back');
  return event;
}

/** "Backup finished successfully :info:". With a higher severity, or none, somebody shall look at it. */
function isGoodNews({ state, severity }: SignalledMail): boolean {
  return state === 'success' && severity === 'info';
}

function nextSignal(
  present: EventSignal | undefined,
  mail: SignalledMail,
  effect: Effect,
  joined: Joined | null,
): EventSignal {
  return {
    ...mail.signal,
    turns: nextTurns(present, effect, mail.receivedAt),
    portrait: present?.portrait ?? portraitOf(mail),
    joined: present?.joined ?? joined,
    isOpen: effect === 'opens' || (effect === 'neither' && (present?.isOpen ?? false)),
    severity: mail.severity ?? present?.severity ?? null,
    firstAt: present?.firstAt ?? mail.receivedAt,
    lastAt: mail.receivedAt,
    recoveredAt:
      effect === 'closes' ? mail.receivedAt : effect === 'opens' ? null : (present?.recoveredAt ?? null),
  };
}

function portraitOf(mail: SignalledMail): Portrait | null {
  return isTrouble(mail) ? portray(mail) : null;
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
  const severity = severityOf(event.signals.values(), event.severity, event.otherOpen);
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
