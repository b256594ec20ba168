/** The table of silences. One that was removed stays until what it hid has been told; people see it no more. */
import { isOrgPattern } from '../accounts/org-pattern.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { isTimeZone } from '../kernel/calendar.ts';
import { between, DAY } from '../kernel/clock.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { newId, type TenantId } from '../kernel/ids.ts';
import { isWallClock } from '../kernel/wall-clock.ts';
import { releaseHidden } from './hidden.ts';
import type { Recurrence, Silence, SilenceScope } from './silence.ts';
import { isActive } from './windows.ts';

export type NewSilence = SilenceScope & Pick<Silence, 'reason' | 'from' | 'to' | 'recurrence'>;

/** Longer is no silence but a rule that something is noise. */
const LONGEST_DAYS = 366;
/** Each is held against each new event; a script that adds one a minute must not make telling slow. */
const MOST_LIVE = 500;
const MOST_SHOWN = 1000;

const SILENCE = `s.id, s.reason, s.orgs, s.servers, s.streams, s.rules, s.from_at as "from", s.to_at as "to", s.recurrence,
  s.created_by as "createdBy", s.created_at as "createdAt", s.ended_at as "endedAt"`;
/** $2 is now. */
const LIVE = 's.removed_at is null and (s.recurrence is not null or s.to_at > $2)';

/** @throws Invalid, Conflict `too-many-silences` */
export async function addSilence(
  tx: Tx,
  tenantId: TenantId,
  wanted: NewSilence,
  createdBy: string,
  now: Date,
): Promise<Silence> {
  requireAcceptable(wanted);
  if (wanted.to && wanted.to <= now) throw new Invalid([{ field: 'to', message: 'That is over already.' }]);
  await requireRoom(tx, tenantId, now);
  const id = newId<string>(now);
  await rows(
    tx,
    `insert into silences (tenant_id, id, reason, orgs, servers, streams, rules, from_at, to_at, recurrence, created_by,
       created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [tenantId, id, ...columnsOf(wanted), createdBy, now],
  );
  return getSilence(tx, tenantId, id);
}

function columnsOf({ reason, orgs, servers, streams, rules, from, to, recurrence }: NewSilence): unknown[] {
  return [reason, orgs, servers, streams, rules, from, to, recurrence && JSON.stringify(recurrence)];
}

/**
 * What was hidden is judged anew by the changed silence: what it covers no more is told.
 * @throws Invalid, NotFound
 */
export async function changeSilence(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: Partial<NewSilence>,
  now: Date,
): Promise<Silence> {
  const present = await lockSilence(tx, tenantId, id);
  const wanted = { ...present, ...change };
  requireAcceptable(wanted);
  const isTimedAnew = timesOf(wanted) !== timesOf(present);
  await affected(
    tx,
    `update silences set reason = $3, orgs = $4, servers = $5, streams = $6, rules = $7, from_at = $8, to_at = $9,
       recurrence = $10, ended_at = $11
     where tenant_id = $1 and id = $2`,
    [tenantId, id, ...columnsOf(wanted), isTimedAnew ? null : present.endedAt],
  );
  await releaseHidden(tx, tenantId, id, now);
  return getSilence(tx, tenantId, id);
}

function timesOf({ from, to, recurrence }: NewSilence): string {
  return JSON.stringify([from, to, recurrence && Object.entries(recurrence).sort()]);
}

/**
 * Ends the window that is running; a recurring silence goes on with its next one.
 * @throws NotFound, Conflict `not-active`
 */
export async function endSilence(tx: Tx, tenantId: TenantId, id: string, now: Date): Promise<Silence> {
  const present = await lockSilence(tx, tenantId, id);
  if (!isActive(present, now)) throw new Conflict('The silence is not on now.', 'not-active');
  await affected(tx, 'update silences set ended_at = $3 where tenant_id = $1 and id = $2', [
    tenantId,
    id,
    now,
  ]);
  await releaseHidden(tx, tenantId, id, now);
  return getSilence(tx, tenantId, id);
}

/** What it hid is summed up now. @throws NotFound */
export async function removeSilence(tx: Tx, tenantId: TenantId, id: string, now: Date): Promise<void> {
  await lockSilence(tx, tenantId, id);
  await affected(tx, 'update silences set removed_at = $3 where tenant_id = $1 and id = $2', [
    tenantId,
    id,
    now,
  ]);
  await releaseHidden(tx, tenantId, id, now);
}

/** @throws NotFound */
export async function getSilence(tx: Tx, tenantId: TenantId, id: string): Promise<Silence> {
  const found = await oneRow<Silence>(
    tx,
    `select ${SILENCE} from silences s where s.tenant_id = $1 and s.id = $2 and s.removed_at is null`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('silence');
  return found;
}

/** Against two people who change one silence, and against hiding by what it was before. */
async function lockSilence(tx: Tx, tenantId: TenantId, id: string): Promise<Silence> {
  const [found] = await rows<Silence>(
    tx,
    `select ${SILENCE} from silences s where s.tenant_id = $1 and s.id = $2 and s.removed_at is null for update`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('silence');
  return found;
}

/** Newest first. */
export async function listSilences(tx: Tx, tenantId: TenantId): Promise<Silence[]> {
  return rows<Silence>(
    tx,
    `select ${SILENCE} from silences s where s.tenant_id = $1 and s.removed_at is null
     order by s.id desc limit ${MOST_SHOWN}`,
    [tenantId],
  );
}

/** Also those that were removed: what they hid is told yet. */
export async function listByIds(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<Silence[]> {
  return rows<Silence>(
    tx,
    `select ${SILENCE} from silences s where s.tenant_id = $1 and s.id = any($2::uuid[]) order by s.id`,
    [tenantId, ids],
  );
}

/** Those that are on, or may be one day. @param holdsThem nobody changes them before the transaction's end */
export async function listLiveSilences(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
  holdsThem: boolean,
): Promise<Silence[]> {
  return rows<Silence>(
    tx,
    `select ${SILENCE} from silences s where s.tenant_id = $1 and ${LIVE} order by s.id ${holdsThem ? 'for share' : ''}`,
    [tenantId, now],
  );
}

async function requireRoom(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  const row = await oneRow<{ count: number }>(
    tx,
    `select count(*)::integer as count from silences s where s.tenant_id = $1 and ${LIVE}`,
    [tenantId, now],
  );
  if ((row?.count ?? 0) >= MOST_LIVE) {
    throw new Conflict(`There are ${MOST_LIVE} silences already. Remove some first.`, 'too-many-silences');
  }
}

const LONGEST_WINDOW_MINUTES = 7 * 24 * 60;

/** @throws Invalid */
export function requireAcceptable(wanted: NewSilence): void {
  const faults = [...faultsOfScope(wanted), ...faultsOfTimes(wanted)];
  if (!wanted.reason.trim()) faults.push({ field: 'reason', message: 'Say why, for the others.' });
  if (faults.length > 0) throw new Invalid(faults);
}

function faultsOfScope({ orgs, servers, streams, rules }: SilenceScope): Fault[] {
  if (orgs.length + servers.length + streams.length + rules.length === 0) {
    return [
      {
        field: 'orgs',
        message: 'Say what is to be silent: a path, a server, a schedule or a rule; * is everything.',
      },
    ];
  }
  const odd = orgs.find((pattern) => !isOrgPattern(pattern));
  if (odd !== undefined) {
    return [
      {
        field: 'orgs',
        message: `Use a path such as shop.frontend, or shop.frontend.* for all below, not “${odd}”.`,
      },
    ];
  }
  if (orgs.length > 0 && orgs.every((pattern) => pattern.startsWith('!'))) {
    return [
      { field: 'orgs', message: 'Say also what is meant, not only what is left out: * is everything.' },
    ];
  }
  return [];
}

function faultsOfTimes({ from, to, recurrence }: NewSilence): Fault[] {
  if (recurrence) return faultsOfRecurrence(recurrence);
  if (!from || !to) return [{ field: 'to', message: 'Say until when, for how long, or how it recurs.' }];
  if (to <= from) return [{ field: 'to', message: 'Must be later than the beginning.' }];
  if (between(from, to) > LONGEST_DAYS * DAY) {
    return [{ field: 'to', message: 'At most a year; mark as noise what is never to be told.' }];
  }
  return [];
}

function faultsOfRecurrence({ weekdays, monthDays, start, durationMinutes, timezone }: Recurrence): Fault[] {
  const faults: Fault[] = [];
  const fault = (field: string, message: string) => faults.push({ field: `recurrence.${field}`, message });
  if (weekdays.length === 0 && monthDays.length === 0) fault('weekdays', 'Choose the days.');
  if (weekdays.length > 0 && monthDays.length > 0) {
    fault('monthDays', 'Choose days of the week or of the month; for both make two silences.');
  }
  if (!isWallClock(start)) fault('start', 'Give HH:MM.');
  if (durationMinutes < 1 || durationMinutes > LONGEST_WINDOW_MINUTES) {
    fault('durationMinutes', 'Give a minute to a week.');
  }
  if (!isTimeZone(timezone)) fault('timezone', 'Give an IANA time zone, such as Europe/Berlin.');
  return faults;
}
