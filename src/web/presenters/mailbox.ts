/** A mailbox as people see it: its state in words, how far it is read, and its test step by step. */
import type { AfterStore, Mailbox } from '../../inbound/imap/mailboxes.ts';
import type { TestStep } from '../../inbound/imap/test-mailbox.ts';
import { between } from '../../kernel/clock.ts';
import { isStale } from '../../watchdog/blind.ts';
import { presentSpan, presentTime } from './time.ts';

export const AFTER_STORE_WORDS: Record<AfterStore, string> = {
  delete: 'delete',
  move: 'move to its org folder',
  keep: 'keep',
};

export function presentMailbox(mailbox: Mailbox, now: Date, timeZone: string) {
  const { id, username, host, folder, readUntil, error, note } = mailbox;
  const isSorted = mailbox.afterStore === 'move';
  return {
    id,
    href: `/settings/mailboxes/${id}`,
    username,
    place: `IMAP, ${host}${folder === 'INBOX' ? '' : `, ${folder}`}`,
    state: stateOf(mailbox, now),
    error,
    note,
    lastMail: presentTime(mailbox.lastMailAt, now, timeZone),
    failingSince: presentTime(mailbox.failingSince, now, timeZone),
    readUntil: presentTime(readUntil, now, timeZone),
    lag: readUntil && !mailbox.isPaused ? presentSpan(between(readUntil, now)) : null,
    afterStore: AFTER_STORE_WORDS[mailbox.afterStore],
    folders: isSorted
      ? {
          root: mailbox.rootFolder,
          lookedAt: presentTime(mailbox.foldersLookedAt, now, timeZone),
          error: mailbox.foldersError,
          note: mailbox.foldersNote,
        }
      : null,
    isPaused: mailbox.isPaused,
  };
}

interface ShownState {
  word: string;
  icon: 'check' | 'alert' | 'blind' | 'pause' | 'clock';
  tone: 'is-ok' | 'is-bad' | 'is-warn' | '';
}

function stateOf({ isPaused, failingSince, readUntil }: Mailbox, now: Date): ShownState {
  if (isPaused) return { word: 'paused', icon: 'pause', tone: '' };
  if (failingSince) {
    return { word: `failing for ${presentSpan(between(failingSince, now))}`, icon: 'alert', tone: 'is-bad' };
  }
  if (!readUntil) return { word: 'not read yet', icon: 'clock', tone: 'is-warn' };
  if (isStale(readUntil, now)) {
    return { word: `blind for ${presentSpan(between(readUntil, now))}`, icon: 'blind', tone: 'is-bad' };
  }
  return { word: 'reading', icon: 'check', tone: 'is-ok' };
}

const STEP_WORDS: Record<TestStep['step'], string> = {
  DNS: 'Find the host',
  TCP: 'Connect',
  TLS: 'Encrypt and check the certificate',
  login: 'Log in',
  folder: 'Open the folder',
  rights: 'May do with stored mail what it is told to',
};

const STEP_TONES = {
  ok: { tone: 'is-ok', icon: 'check', word: 'ok' },
  failed: { tone: 'is-bad', icon: 'alert', word: 'failed' },
  'not reached': { tone: 'is-next', icon: 'unclassified', word: 'not tried' },
} as const;

export function presentTest(steps: readonly TestStep[]) {
  const stoppedAt = steps.findIndex(({ status }) => status === 'failed');
  return {
    isOk: stoppedAt < 0,
    sentence:
      stoppedAt < 0
        ? 'Every step is fine: this mailbox can be read.'
        : `Stopped at step ${stoppedAt + 1} of ${steps.length}.`,
    steps: steps.map(({ step, status, detail }) => ({
      name: STEP_WORDS[step],
      detail,
      ...STEP_TONES[status],
    })),
  };
}
