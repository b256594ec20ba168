/** The table of rotas. Everything that asks who is on call reads them here, with their overrides. */
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { isTimeZone, parseLocal } from '../../kernel/calendar.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../../kernel/errors.ts';
import { newId, type TenantId, type UserId } from '../../kernel/ids.ts';
import { isWallClock } from '../../kernel/wall-clock.ts';
import type { Override, Rhythm, Rota } from './rota.ts';

export type NewRota = Rhythm & { name: string; people: string[] };

/** Each is read for each escalation: a script that makes thousands must not make telling slow. */
const MOST_ROTAS = 200;
const MOST_PEOPLE = 50;
/** Longer turns are no rota but a person. */
const MOST_DAYS = 366;
const LONGEST_NAME = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

interface StoredRota extends Rhythm {
  id: string;
  name: string;
  people: UserId[];
  present: UserId[];
}

/** By name. */
export async function listRotas(tx: Tx, tenantId: TenantId): Promise<Rota[]> {
  const stored = await rows<StoredRota>(tx, `${SELECT} where r.tenant_id = $1 order by r.name`, [tenantId]);
  return withOverrides(tx, tenantId, stored);
}

/** @throws NotFound */
export async function getRota(tx: Tx, tenantId: TenantId, id: string): Promise<Rota> {
  const stored = await rows<StoredRota>(tx, `${SELECT} where r.tenant_id = $1 and r.id = $2`, [tenantId, id]);
  const [rota] = await withOverrides(tx, tenantId, stored);
  if (!rota) throw new NotFound('rota');
  return rota;
}

const SELECT = `
  select r.id, r.name, r.time_zone as "timeZone", r.unit, r.every, to_char(r.starts_on, 'YYYY-MM-DD') as "startsOn",
    r.hand_over_at as "handOverAt", r.people,
    array(select m.user_id from memberships m
      where m.tenant_id = r.tenant_id and m.user_id = any(r.people)) as present
  from rotas r`;

async function withOverrides(tx: Tx, tenantId: TenantId, stored: readonly StoredRota[]): Promise<Rota[]> {
  if (stored.length === 0) return [];
  const overrides = await rows<Override & { rotaId: string }>(
    tx,
    `select o.rota_id as "rotaId", o.id, o.user_id as "userId", o.instead_of as "insteadOf", o.from_at as "from",
       o.to_at as "to", o.created_by as "createdBy"
     from rota_overrides o where o.tenant_id = $1 and o.rota_id = any($2::uuid[]) order by o.id`,
    [tenantId, stored.map(({ id }) => id)],
  );
  return stored.map(({ people, present, ...rota }) => ({
    ...rota,
    places: people.map((id) => (present.includes(id) ? id : null)),
    overrides: overrides.filter(({ rotaId }) => rotaId === rota.id).map(({ rotaId: _, ...one }) => one),
  }));
}

/** @throws Invalid, Conflict `rota-exists`, `too-many-rotas` */
export async function addRota(tx: Tx, tenantId: TenantId, wanted: NewRota, now: Date): Promise<Rota> {
  await requireAcceptable(tx, tenantId, wanted);
  await requireFreeName(tx, tenantId, wanted.name, null);
  await requireRoom(tx, tenantId);
  const id = newId<string>(now);
  await rows(
    tx,
    `insert into rotas (tenant_id, id, name, time_zone, unit, every, starts_on, hand_over_at, people, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [tenantId, id, ...columnsOf(wanted), now],
  );
  return getRota(tx, tenantId, id);
}

function columnsOf({ name, timeZone, unit, every, startsOn, handOverAt, people }: NewRota): unknown[] {
  return [name.trim(), timeZone, unit, every, startsOn, handOverAt, people];
}

/** What is left out stays; also the places of people who have left. @throws NotFound, Invalid, Conflict `rota-exists` */
export async function changeRota(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: Partial<NewRota>,
): Promise<Rota> {
  const { places, overrides: _, ...present } = await getRota(tx, tenantId, id);
  const people = places.filter((place) => place !== null);
  const wanted = { ...present, people, ...change };
  await requireAcceptable(tx, tenantId, wanted);
  await requireFreeName(tx, tenantId, wanted.name, id);
  await affected(
    tx,
    `update rotas set name = $3, time_zone = $4, unit = $5, every = $6, starts_on = $7, hand_over_at = $8,
       people = case when $10 then $9::uuid[] else people end
     where tenant_id = $1 and id = $2`,
    [tenantId, id, ...columnsOf(wanted), change.people !== undefined],
  );
  return getRota(tx, tenantId, id);
}

/** @throws NotFound */
export async function removeRota(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from rotas where tenant_id = $1 and id = $2', [tenantId, id]);
  if (removed === 0) throw new NotFound('rota');
}

async function requireAcceptable(tx: Tx, tenantId: TenantId, wanted: NewRota): Promise<void> {
  const faults: Fault[] = [];
  const fault = (field: string, message: string) => faults.push({ field, message });
  const { name, timeZone, every, unit, startsOn, handOverAt, people } = wanted;
  if (!name.trim() || name.length > LONGEST_NAME) fault('name', 'Give the rota a short name.');
  if (!isTimeZone(timeZone)) fault('timeZone', 'Give an IANA time zone, such as Europe/Berlin.');
  const days = every * (unit === 'week' ? 7 : 1);
  if (!Number.isInteger(every) || every < 1 || days > MOST_DAYS) fault('every', 'Give 1 up to a year.');
  if (!DAY.test(startsOn) || !parseLocal(startsOn, 'UTC'))
    fault('startsOn', 'Give a day, such as 2026-11-30.');
  if (!isWallClock(handOverAt)) fault('handOverAt', 'Give HH:MM.');
  if (people.length === 0) fault('people', 'Choose who takes turns.');
  if (people.length > MOST_PEOPLE) fault('people', `At most ${MOST_PEOPLE} people take turns.`);
  if (faults.length > 0) throw new Invalid(faults);
  await requireMembers(tx, tenantId, people, 'people');
}

/** @throws Invalid at `field` */
export async function requireMembers(
  tx: Tx,
  tenantId: TenantId,
  people: readonly string[],
  field: string,
): Promise<void> {
  const known = await oneRow<{ count: number }>(
    tx,
    `select count(*)::integer as count from memberships where tenant_id = $1 and user_id::text = any($2)`,
    [tenantId, [...new Set(people)]],
  );
  if ((known?.count ?? 0) < new Set(people).size) {
    throw new Invalid([{ field, message: 'There is no such user in this tenant.' }]);
  }
}

async function requireFreeName(tx: Tx, tenantId: TenantId, name: string, self: string | null): Promise<void> {
  const holder = await oneRow<{ id: string }>(tx, 'select id from rotas where tenant_id = $1 and name = $2', [
    tenantId,
    name.trim(),
  ]);
  if (holder && holder.id !== self)
    throw new Conflict(`There is a rota ${name.trim()} already.`, 'rota-exists');
}

async function requireRoom(tx: Tx, tenantId: TenantId): Promise<void> {
  const row = await oneRow<{ count: number }>(
    tx,
    'select count(*)::integer as count from rotas where tenant_id = $1',
    [tenantId],
  );
  if ((row?.count ?? 0) >= MOST_ROTAS) {
    throw new Conflict(`There are ${MOST_ROTAS} rotas already. Remove some first.`, 'too-many-rotas');
  }
}
