/** The rows of a timeline in words: what happened, by whom, and the note that somebody left. */
import { SYSTEM } from '../../accounts/role.ts';
import type { ShownChange } from '../../events/timeline.ts';
import type { ChangeKind } from '../../events/change.ts';
import { capitalise } from './capitalise.ts';
import { presentNumber } from './number.ts';
import { presentTime, type ShownTime } from './time.ts';

export interface ShownRow {
  id: string;
  kind: ChangeKind;
  icon: string;
  what: string;
  who: string;
  at: ShownTime | null;
  /** What a person wrote. */
  note: string | null;
  /** Why the system did it, or what else there is to say. */
  aside: string | null;
  other: { href: string; word: string } | null;
  canBeUndone: boolean;
}

const ICONS: Record<ChangeKind, string> = {
  opened: 'events',
  mails: 'mail',
  severity: 'alert',
  recovered: 'check',
  flapping: 'alert',
  storm: 'alert',
  'first cause': 'edit',
  completed: 'check',
  reopened: 'undo',
  assigned: 'user',
  unassigned: 'user',
  snoozed: 'snooze',
  noise: 'noise',
  'not noise': 'noise',
  note: 'note',
  merged: 'merge',
  split: 'split',
  'merge undone': 'undo',
  'split undone': 'undo',
  corrected: 'edit',
  'correction undone': 'undo',
  'notice held': 'mute',
  silenced: 'mute',
  'silence over': 'mute',
  escalated: 'up',
  reminded: 'clock',
  'not told': 'alert',
};

/** In these the reason is what a person wrote. */
const WRITTEN: readonly ChangeKind[] = ['note', 'completed'];

export function presentTimeline(rows: readonly ShownChange[], now: Date, timeZone: string): ShownRow[] {
  return rows.map((row) => {
    const isWritten = WRITTEN.includes(row.what) && isByPerson(row);
    return {
      id: row.id,
      kind: row.what,
      icon: ICONS[row.what],
      what: describeChange(row, now, timeZone),
      who: whoOf(row),
      at: presentTime(row.at, now, timeZone),
      note: isWritten ? row.why : null,
      aside: isWritten || !row.why ? null : inLocalTime(row.why, now, timeZone),
      other: presentOther(row),
      canBeUndone: row.canBeUndone,
    };
  });
}

/** From where, when it was not on the pages. */
function whoOf({ who, detail }: ShownChange): string {
  if (detail['via'] === 'mail') return `${who}, by mail`;
  return detail['via'] === 'link' ? `${who}, by a link in a mail` : who;
}

/** Reasons are stored with instants in UTC; people read their own time. */
function inLocalTime(reason: string, now: Date, timeZone: string): string {
  return reason.replace(
    /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g,
    (instant) => presentTime(new Date(instant), now, timeZone)?.exact ?? instant,
  );
}

/** A token has a name of its own and stands for no person. */
function isByPerson({ userId, who }: ShownChange): boolean {
  return userId !== null || who !== SYSTEM.name;
}

function describeChange(row: ShownChange, now: Date, timeZone: string): string {
  const { what, detail, who } = row;
  switch (what) {
    case 'opened':
      return 'Opened';
    case 'mails':
      return `${presentNumber(Number(detail['count']))} mails`;
    case 'severity':
      return `Severity is now ${text(detail, 'to') ?? 'unclassified'}, was ${text(detail, 'from') ?? 'unclassified'}`;
    case 'recovered':
      return 'All its problems have recovered';
    case 'flapping':
      return 'Flapping: it stays open until it has been calm for an hour';
    case 'storm':
      return `Storm: ${presentNumber(Number(detail['begun']))} signals within a minute`;
    case 'first cause':
      return `The first cause is probably “${text(detail, 'to') ?? ''}”`;
    case 'completed':
      return isByPerson(row) ? 'Completed' : `Completed ${ENDINGS[text(detail, 'by') ?? ''] ?? ''}`.trim();
    case 'assigned': {
      const name = text(detail, 'assigneeName') ?? 'somebody';
      return detail['assigneeId'] === row.userId ? `${name} claimed it` : `Assigned to ${name}`;
    }
    case 'unassigned':
      return 'Unassigned';
    case 'snoozed': {
      const until = text(detail, 'until');
      const at = until ? presentTime(new Date(until), now, timeZone) : null;
      return at ? `Snoozed until ${at.exact}` : 'Woken';
    }
    case 'escalated':
      return `Escalated: step ${presentNumber(Number(detail['step']))} of ${text(detail, 'policy') ?? ''}`;
    case 'reminded':
      return 'Reminded who has it';
    case 'not told':
      return 'Could not be told';
    case 'silenced':
      return 'Silenced';
    case 'silence over':
      return 'The silence is over';
    case 'noise':
      return 'Marked as noise';
    case 'not noise':
      return 'No noise after all';
    case 'note':
      return `Note by ${who}`;
    default:
      return capitalise(what);
  }
}

const ENDINGS: Record<string, string> = {
  recovery: 'by recovery',
  quiet: 'after a quiet time',
  arrival: 'by arrival',
};

/** The event on the other side of a merge or split. */
function presentOther({ detail }: ShownChange): ShownRow['other'] {
  const id = text(detail, 'other') ?? text(detail, 'into') ?? text(detail, 'from');
  if (!id || !/^[0-9a-f-]{36}$/.test(id)) return null;
  const number = detail['otherNumber'];
  return {
    href: `/events/${id}?stay=1`,
    word: typeof number === 'number' ? `#${number}` : 'the other event',
  };
}

function text(detail: Record<string, unknown>, name: string): string | null {
  const value = detail[name];
  return typeof value === 'string' ? value : null;
}
