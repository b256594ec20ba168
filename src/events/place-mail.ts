/**
 * Decides which event a mail belongs to (semantics §5): an open event of the same signal is joined, a fresh completed
 * one is reopened by a problem; a new problem joins the event that grouping finds for it, else it opens one. Pure:
 * works on loaded events in memory; join-mails.ts loads and writes them.
 */
import { between, DAY } from '../kernel/clock.ts';
import { newId, type EventId } from '../kernel/ids.ts';
import { SYSTEM } from '../accounts/role.ts';
import type { Board } from './board.ts';
import { complete, endQuietEvent } from './complete.ts';
import { severityOf, UNTOUCHED, type EventSignal, type Joined } from './event.ts';
import { isFlapping, nextTurns } from './flapping.ts';
import { isWithinReopenWindow, nextState } from './lifecycle.ts';
import type { Effect } from './mail-state.ts';
import { findNeighbour, tellGrouping } from './neighbours.ts';
import { commonPath } from './org-path.ts';
import { effectOfMail, isTrouble, sightingOf, type SignalledMail } from './signalled-mail.ts';
import type { LoadedEvent } from './store.ts';

/** More servers than this on one event say "everywhere". */
const MOST_SERVERS = 50;

/** A signal that has been well for this long does not drag an old event along. */
const RECOVERED_FOR_GOOD_MS = DAY;

/** @returns the event that the mail belongs to from now on */
export function placeMail(board: Board, mail: SignalledMail): EventId {
  const event = place(board, mail);
  tellGrouping(board, event, mail);
  return event.id;
}

function place(board: Board, mail: SignalledMail): LoadedEvent {
  const event = board.currentOf(mail.signal.key);
  const effect = effectOfMail(mail);
  if (event) endQuietEvent(board, event, mail.receivedAt);
  if (event?.state === 'open' && !isDraggedAlong(event, mail, effect))
    return join(board, event, mail, effect, null);
  if (event && isWithinReopenWindow(event, board.policy, mail.receivedAt)) {
    if (effect === 'opens') return reopen(board, event, mail);
    // "It is well again" after somebody said so already: kept with the event, which stays completed.
    return note(board, event, mail);
  }
  const neighbour = findNeighbour(board, mail);
  return neighbour
    ? join(board, neighbour.event, mail, 'opens', neighbour.joined)
    : open(board, mail, effect);
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

function reopen(board: Board, event: LoadedEvent, mail: SignalledMail): LoadedEvent {
  const formerly = { completedBy: event.completedBy, assigneeId: event.assigneeId };
  // So far it was good news alone ("Backup finished"): what is wrong now is its matter.
  if (![...event.signals.values()].some(({ portrait }) => portrait) && event.otherOpen.length === 0)
    event.title = mail.title;
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
  board.point(nextSignal(event.signals.get(mail.signal.key), mail, effectOfMail(mail), null), event);
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
    isStorm: false,
    // The recovery of a problem that nobody saw opens nothing critical.
    severity: isUnknownRecovery ? 'info' : mail.severity,
    org: mail.org,
    servers: mail.servers.slice(0, MOST_SERVERS),
    title: mail.title,
    createdAt: mail.receivedAt,
    ...UNTOUCHED,
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
  if (mail.isStart) complete(board, event, mail.receivedAt, 'recovery', 'a start asks for nobody');
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
    portrait: present?.portrait ?? (isTrouble(mail) ? sightingOf(mail).portrait : null),
    joined: present?.joined ?? joined,
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
