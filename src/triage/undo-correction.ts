/**
 * Takes a correction back, with all that it put right at once and the open mails that followed it: each mail says again
 * what it said before, unless somebody put it right once more. The model is told; what was together stays together.
 */
import type { Actor } from '../accounts/role.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { lockForChange, type Act } from '../events/act.ts';
import { recordChanges } from '../events/change.ts';
import { severityOf } from '../events/event.ts';
import { summariseMails } from '../events/membership.ts';
import type { MaybeSeverity } from '../events/severity.ts';
import { lockEvents, saveSignals, updateEvents, type LoadedEvent } from '../events/store.ts';
import { Conflict, NotFound } from '../kernel/errors.ts';
import { isUuid, newId, type EventId, type TenantId } from '../kernel/ids.ts';
import type { ChangedSignal } from './correct.ts';
import { unteachOrg } from './servers/store.ts';
import { takeBack, type Formerly, type StandingMail, type TakenBack } from './take-back.ts';

/** What the timeline keeps of a correction. */
interface CorrectionDetail {
  /** Of what a person did; `of` in the rows of events that followed. */
  deed?: string;
  of?: string;
  formerly?: { severity: MaybeSeverity; org: string | null };
  signals?: ChangedSignal[];
  taught?: string[];
  org?: string;
  severity?: MaybeSeverity;
}

interface CorrectionRow {
  id: string;
  eventId: EventId;
  detail: CorrectionDetail;
}

/** @param changeId the row of the timeline. @returns the event. @throws NotFound, Conflict */
export async function undoCorrection(tx: Tx, request: Act, changeId: string): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const deedId = await requireUndoable(tx, request, changeId);
  const changes = await listChangesOf(tx, tenantId, deedId);
  const eventIds = await listEventsOf(tx, tenantId, deedId, changes);
  // All in one order, as everybody locks them.
  const events = await lockEvents(tx, tenantId, eventIds);
  const own = await lockForChange(tx, tenantId, request.eventId, request.version);
  const { mails, isKnownBefore } = await takeMailsBack(tx, tenantId, deedId, actor, now);
  await affected(
    tx,
    `update corrections set undone_at = $3, undone_by = $4 where tenant_id = $1 and deed = $2 and undone_at is null`,
    [tenantId, deedId, now, actor.name],
  );
  for (const { detail } of changes) {
    if (detail.org) await unteachOrg(tx, tenantId, detail.taught ?? [], detail.org);
  }
  const newest = await readNewestSeverities(tx, tenantId, eventIds, changes);
  for (const event of events) await takeEventBack(tx, tenantId, event, changes, newest);
  await updateEvents(tx, tenantId, events, true);
  const why = describeUndoing(mails, isKnownBefore);
  await recordChanges(
    tx,
    tenantId,
    events.map(({ id }) => {
      const undoes = changes.find(({ eventId, detail }) => eventId === id && detail.deed)?.id ?? changeId;
      return { eventId: id, at: now, actor, what: 'correction undone', detail: { undoes }, why };
    }),
  );
  return own.id;
}

/** @throws NotFound, Conflict */
async function requireUndoable(tx: Tx, { tenantId, eventId }: Act, changeId: string): Promise<string> {
  const row = isUuid(changeId)
    ? await oneRow<{ what: string; deed: string | null; isUndone: boolean }>(
        tx,
        `select c.what, c.detail ->> 'deed' as deed, exists (select from corrections k where k.tenant_id = $1
           and k.deed = (c.detail ->> 'deed')::uuid and k.undone_at is not null) or exists (select from changes u
           where u.tenant_id = $1 and u.event_id = $2 and u.detail ->> 'undoes' = $3::uuid::text) as "isUndone"
         from changes c where c.tenant_id = $1 and c.event_id = $2 and c.id = $3::uuid`,
        [tenantId, eventId, changeId],
      )
    : undefined;
  if (!row) throw new NotFound('change of this event');
  if (row.what !== 'corrected' || !row.deed)
    throw new Conflict('Only what a person put right can be taken back so.', 'not-undoable');
  if (row.isUndone) throw new Conflict('This has been undone already.', 'already-undone');
  return row.deed;
}

/** All its rows were made at one instant, which their ids begin with: a range of the primary key. */
async function listChangesOf(tx: Tx, tenantId: TenantId, deedId: string): Promise<CorrectionRow[]> {
  const instant = deedId.slice(0, INSTANT_LENGTH);
  return rows<CorrectionRow>(
    tx,
    `select c.id, c.event_id as "eventId", c.detail from changes c
     where c.tenant_id = $1 and c.id between $2::uuid and $3::uuid and c.what = 'corrected'
       and $4 in (c.detail ->> 'deed', c.detail ->> 'of')`,
    [tenantId, `${instant}-0000-0000-000000000000`, `${instant}-ffff-ffff-ffffffffffff`, deedId],
  );
}

/** The 48 bits of milliseconds of a UUIDv7, as written. */
const INSTANT_LENGTH = 'xxxxxxxx-xxxx'.length;

/** Where its mails are now: people may have merged and split meanwhile. */
async function listEventsOf(
  tx: Tx,
  tenantId: TenantId,
  deedId: string,
  changes: readonly CorrectionRow[],
): Promise<EventId[]> {
  const found = await rows<{ id: EventId }>(
    tx,
    `select distinct m.event_id as id from corrections c join mses m on m.tenant_id = $1 and m.id = c.mse_id
     where c.tenant_id = $1 and c.deed = $2`,
    [tenantId, deedId],
  );
  return [...new Set([...found.map(({ id }) => id), ...changes.map(({ eventId }) => eventId)])];
}

/** Mails in memory at once. */
const BATCH = 500;

type StoredCorrection = StandingMail & { id: string; isLesson: boolean };

/** @returns how many mails say again what they said before, and whether something stood there */
async function takeMailsBack(
  tx: Tx,
  tenantId: TenantId,
  deedId: string,
  actor: Actor,
  now: Date,
): Promise<{ mails: number; isKnownBefore: boolean }> {
  const result = { mails: 0, isKnownBefore: false };
  let after: string | null = null;
  for (;;) {
    const batch: StoredCorrection[] = await readBatch(tx, tenantId, deedId, after);
    const taken = batch.map((correction) => ({ correction, ...takeBack(correction) }));
    await writeMails(tx, tenantId, taken);
    await writeLater(tx, tenantId, taken);
    await writeLessons(tx, tenantId, taken, actor, now);
    result.mails += taken.filter(({ mail }) => mail !== null).length;
    result.isKnownBefore ||= taken.some(({ lesson }) => Boolean(lesson.org ?? lesson.severity));
    after = batch.at(-1)?.id ?? null;
    if (batch.length < BATCH) return result;
  }
}

async function readBatch(
  tx: Tx,
  tenantId: TenantId,
  deedId: string,
  after: string | null,
): Promise<StoredCorrection[]> {
  const later = (field: string) =>
    `(select l.id from corrections l where l.tenant_id = $1 and l.mse_id = c.mse_id and l.id > c.id
        and l.undone_at is null and l.takes_back is null and l.${field} is not null order by l.id limit 1)`;
  return rows<StoredCorrection>(
    tx,
    `select c.id, c.mse_id as "mseId", c.is_lesson as "isLesson", c.formerly,
       json_build_object('severity', c.severity, 'org', c.org, 'servers', c.servers) as said,
       json_build_object('severity', ${later('severity')}, 'org', ${later('org')}, 'servers', ${later('servers')}) as later,
       m.severity, m.org, m.orgs, m.servers, m.findings
     from (select * from corrections where tenant_id = $1 and deed = $2 and undone_at is null
         and ($3::uuid is null or id > $3) order by id limit ${BATCH}) c
     join mses m on m.tenant_id = $1 and m.id = c.mse_id order by c.id`,
    [tenantId, deedId, after],
  );
}

type Taken = TakenBack & { correction: StoredCorrection };

async function writeMails(tx: Tx, tenantId: TenantId, taken: readonly Taken[]): Promise<void> {
  const mails = taken.flatMap(({ mail }) => mail ?? []);
  if (mails.length === 0) return;
  await affected(
    tx,
    `update mses m set severity = r.severity, org = r.org, orgs = array(select json_array_elements_text(r.orgs)),
       servers = array(select json_array_elements_text(r.servers)), findings = r.findings
     from json_to_recordset($2) as r (id uuid, severity text, org text, orgs json, servers json, findings jsonb)
     where m.tenant_id = $1 and m.id = r.id`,
    [tenantId, JSON.stringify(mails)],
  );
}

/** Whoever takes a later correction back finds what stood before this one. */
async function writeLater(tx: Tx, tenantId: TenantId, taken: readonly Taken[]): Promise<void> {
  const formerly = new Map<string, Partial<Formerly>>();
  for (const { later } of taken) {
    for (const { id, formerly: patch } of later) {
      const before = formerly.get(id) ?? {};
      formerly.set(id, { ...before, ...patch, findings: { ...before.findings, ...patch.findings } });
    }
  }
  if (formerly.size === 0) return;
  const written = [...formerly].map(([id, { findings = {}, ...values }]) => ({ id, values, findings }));
  await affected(
    tx,
    `update corrections c set formerly = c.formerly || r.values
       || jsonb_build_object('findings', (c.formerly -> 'findings') || r.findings)
     from json_to_recordset($2) as r (id uuid, values jsonb, findings jsonb)
     where c.tenant_id = $1 and c.id = r.id`,
    [tenantId, JSON.stringify(written)],
  );
}

/** For the model: what was taught is wrong, and what is right instead, if a tag, a rule, a parser or a person said it. */
async function writeLessons(
  tx: Tx,
  tenantId: TenantId,
  taken: readonly Taken[],
  actor: Actor,
  now: Date,
): Promise<void> {
  const lessons = taken.flatMap(({ correction, lesson }) =>
    correction.isLesson
      ? [{ ...lesson, id: newId(now), mseId: correction.mseId, takesBack: correction.id }]
      : [],
  );
  if (lessons.length === 0) return;
  await rows(
    tx,
    `insert into corrections (tenant_id, id, mse_id, org, severity, actor, at, takes_back)
     select $1, l.id, l."mseId", l.org, l.severity, $3, $4, l."takesBack"
     from json_to_recordset($2) as l (id uuid, "mseId" uuid, org text, severity text, "takesBack" uuid) returning id`,
    [tenantId, JSON.stringify(lessons), actor.name, now],
  );
}

/** A signal takes the severity of its newest mail that has one. By event and signal. */
async function readNewestSeverities(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  changes: readonly CorrectionRow[],
): Promise<Map<string, MaybeSeverity>> {
  const keys = changes.flatMap(({ detail }) => detail.signals ?? []).map(({ key }) => key);
  const found = await rows<{ eventId: EventId; key: string; severity: MaybeSeverity }>(
    tx,
    `select distinct on (m.event_id, m.signal_key) m.event_id as "eventId", m.signal_key as key, m.severity
     from mses m where m.tenant_id = $1 and m.event_id = any($2::uuid[]) and m.signal_key = any($3::uuid[])
     order by m.event_id, m.signal_key, (m.severity is null), m.received_at desc, m.id desc`,
    [tenantId, eventIds, [...new Set(keys)]],
  );
  return new Map(found.map(({ eventId, key, severity }) => [eventId + key, severity]));
}

/** Signals and head of the event, where nothing has changed them since. */
async function takeEventBack(
  tx: Tx,
  tenantId: TenantId,
  event: LoadedEvent,
  changes: readonly CorrectionRow[],
  newest: ReadonlyMap<string, MaybeSeverity>,
): Promise<void> {
  const restored = changes
    .flatMap(({ detail }) => detail.signals ?? [])
    .flatMap(({ key, from, to }) => {
      const signal = event.signals.get(key);
      if (signal?.severity !== to) return [];
      signal.severity = newest.has(event.id + key) ? (newest.get(event.id + key) ?? null) : from;
      return [{ ...signal, eventId: event.id }];
    });
  if (restored.length > 0) await saveSignals(tx, tenantId, restored);
  const { formerly, org, severity } = changes.find(({ eventId }) => eventId === event.id)?.detail ?? {};
  const mails = await summariseMails(tx, tenantId, event.id);
  if (mails.count > 0) {
    event.org = mails.org;
    event.servers = mails.servers;
  } else if (formerly && org && event.org === org) {
    event.org = formerly.org;
  }
  const before = formerly && (!severity || event.severity === severity) ? formerly.severity : event.severity;
  event.severity = severityOf(event.signals.values(), before, event.otherOpen);
}

function describeUndoing(mails: number, isKnownBefore: boolean): string {
  const count = mails === 1 ? '1 mail says' : `${mails} mails say`;
  const learnt = isKnownBefore
    ? 'the model is told that this was right'
    : 'the model unlearns it as far as it can, and leaves it out when it is learnt anew';
  return `${count} again what stood there before; ${learnt}`;
}
