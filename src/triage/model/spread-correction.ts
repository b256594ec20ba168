/**
 * What a correction changes beside the mails that were put right: open mails like them that nobody has decided are
 * looked at again by the model that has learnt it, and their events follow. The answer says so in a sentence.
 */
import type { Actor } from '../../accounts/role.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { recordChanges, type NewChange } from '../../events/change.ts';
import { severityOf } from '../../events/event.ts';
import type { MailState } from '../../events/mail-state.ts';
import { summariseMails } from '../../events/membership.ts';
import { rememberOrgs } from '../../events/orgs.ts';
import type { MaybeSeverity, Severity } from '../../events/severity.ts';
import {
  lockEvents,
  saveSignals,
  updateEvents,
  type LoadedEvent,
  type PlacedSignal,
} from '../../events/store.ts';
import { DAY } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { newId, type EventId, type MseId, type TenantId } from '../../kernel/ids.ts';
import type { ChangedSignal } from '../correct.ts';
import type { Finding, Source } from '../mse.ts';
import { Snapshots } from './snapshots.ts';
import { FORMERLY, LESSON } from './lessons.ts';
import type { Lesson, TenantModel } from './tenant-model.ts';

export interface Effect {
  mails: number;
  /** "14 open mails now go to shop.web"; null when nothing else changed. */
  words: string | null;
}

/** Looked at again; older ones wait for their own turn. */
const MOST_MAILS = 500;
const MOST_EVENTS = 100;
const LONGEST_AGE_MS = 30 * DAY;

const snapshots = new Snapshots();

/** Call it in the transaction of the correction, with its `now`. */
export async function spreadCorrection(
  tx: Tx,
  tenantId: TenantId,
  eventId: EventId,
  actor: Actor,
  now: Date,
): Promise<Effect> {
  const candidates = await findSimilar(tx, tenantId, now);
  if (candidates.length === 0) return { mails: 0, words: null };
  const model = await snapshots.open(tx, tenantId);
  const changed = candidates.flatMap((mail) => decideAgain(model, mail));
  const moved = await follow(tx, tenantId, changed, actor, now, await findDeed(tx, tenantId, now));
  if (moved.length === 0) return { mails: 0, words: null };
  const words = describeEffect(moved);
  await recordChanges(tx, tenantId, [
    { eventId, at: now, actor, what: 'corrected', detail: { similar: moved.length }, why: words },
  ]);
  return { mails: moved.length, words };
}

/** What was put right in this transaction, for taking its effects back with it. */
async function findDeed(tx: Tx, tenantId: TenantId, now: Date): Promise<string | null> {
  const row = await oneRow<{ deed: string }>(
    tx,
    'select deed from corrections where tenant_id = $1 and at = $2 and learnt_in is null and is_lesson order by id desc limit 1',
    [tenantId, now],
  );
  return row?.deed ?? null;
}

type Candidate = Omit<Lesson, 'id' | 'wrongOrg' | 'wrongSeverity'> & {
  id: MseId;
  eventId: EventId;
  signalKey: string;
  orgSource: Source | null;
  severitySource: Source | null;
};

/** Open mails of the same shape, sender or signal as those that were just put right, that no tag, rule or person decided. */
async function findSimilar(tx: Tx, tenantId: TenantId, now: Date): Promise<Candidate[]> {
  return rows<Candidate>(
    tx,
    `with corrected as (
       select distinct m.template_id, m.from_address, m.signal_key from corrections c
       join mses m on m.tenant_id = $1 and m.id = c.mse_id where c.tenant_id = $1 and c.at = $2 and c.learnt_in is null and c.is_lesson)
     select m.id, m.event_id as "eventId", m.signal_key as "signalKey", m.org, m.severity, ${LESSON},
       m.findings -> 'org' ->> 'source' as "orgSource", m.findings -> 'severity' ->> 'source' as "severitySource"
     from (select m.* from events e join mses m on m.tenant_id = e.tenant_id and m.event_id = e.id
         where e.tenant_id = $1 and e.state = 'open' and not e.is_noise and m.received_at >= $3
           and (coalesce(m.findings -> 'org' ->> 'source', 'model') = 'model'
             or coalesce(m.findings -> 'severity' ->> 'source', 'model') in ('model', 'parser'))
           and (m.template_id in (select template_id from corrected)
             or m.from_address in (select from_address from corrected)
             or m.signal_key in (select signal_key from corrected))
         order by m.received_at desc, m.id desc limit ${MOST_MAILS}) m
     join mail_texts t on t.tenant_id = $1 and t.mse_id = m.id order by m.received_at`,
    [tenantId, now, new Date(now.getTime() - LONGEST_AGE_MS)],
  );
}

interface Decision {
  id: MseId;
  eventId: EventId;
  signalKey: string;
  org: string | null;
  severity: Severity | null;
  findings: { org?: Finding<string>; severity?: Finding<Severity> };
}

function decideAgain(model: TenantModel, mail: Candidate): Decision[] {
  const { id, eventId, signalKey } = mail;
  model.bag.read(mail);
  const decision: Decision = { id, eventId, signalKey, org: null, severity: null, findings: {} };
  const state = (mail.state ?? null) as MailState | null;
  const org = isOpen(mail.orgSource) ? model.sayOrg() : null;
  if (org && org.value !== mail.org) {
    decision.org = org.value;
    decision.findings.org = org;
  }
  const severity = isOpen(mail.severitySource)
    ? model.saySeverity(state)
    : mail.severitySource === 'parser' && mail.severity && model.sayOverride(mail.severity, state);
  if (severity && severity.value !== mail.severity) {
    decision.severity = severity.value;
    decision.findings.severity = severity;
  }
  return decision.org || decision.severity ? [decision] : [];
}

function isOpen(source: Source | null): boolean {
  return source === null || source === 'model';
}

/** @returns the decisions that were written: those of events that are still open */
async function follow(
  tx: Tx,
  tenantId: TenantId,
  decisions: readonly Decision[],
  actor: Actor,
  now: Date,
  deedId: string | null,
): Promise<Decision[]> {
  const byEvent = groupBy(decisions, ({ eventId }) => eventId);
  const locked = await lockEvents(tx, tenantId, [...byEvent.keys()].slice(0, MOST_EVENTS));
  const events = locked.filter(({ state }) => state === 'open');
  const moved = events.flatMap(({ id }) => byEvent.get(id) ?? []);
  if (moved.length === 0) return [];
  if (deedId) await keepFormer(tx, tenantId, moved, { deedId, actor, now });
  await write(tx, tenantId, moved);
  await rememberOrgs(tx, tenantId, [...new Set(moved.map(({ org }) => org))], now);
  const signals: PlacedSignal[] = [];
  const changes: NewChange[] = [];
  for (const event of events) {
    const own = byEvent.get(event.id) ?? [];
    const formerly = { severity: event.severity, org: event.org };
    const { placed, changed } = raiseSignals(event, own);
    signals.push(...placed);
    event.org = (await summariseMails(tx, tenantId, event.id)).org;
    event.severity = severityOf(event.signals.values(), event.severity ?? highest(own), event.otherOpen);
    const why = `${describeEffect(own)}, after a mail like them was put right`;
    changes.push({
      eventId: event.id,
      at: now,
      actor,
      what: 'corrected',
      detail: { mails: own.length, formerly, of: deedId, signals: changed },
      why,
    });
  }
  await saveSignals(tx, tenantId, signals);
  await updateEvents(tx, tenantId, events, false);
  await recordChanges(tx, tenantId, changes);
  return moved;
}

/** As a correction keeps it; nothing is learnt from what the model itself decided. */
async function keepFormer(
  tx: Tx,
  tenantId: TenantId,
  decisions: readonly Decision[],
  { deedId, actor, now }: { deedId: string; actor: Actor; now: Date },
): Promise<void> {
  const written = decisions.map(({ id, org, severity }) => ({ id: newId(now), mseId: id, org, severity }));
  await rows(
    tx,
    `insert into corrections (tenant_id, id, mse_id, org, severity, actor, at, deed, is_lesson, formerly)
     select $1, d.id, d."mseId", d.org, d.severity, $3, $4, $5, false, ${FORMERLY}
     from json_to_recordset($2) as d (id uuid, "mseId" uuid, org text, severity text)
     join mses m on m.tenant_id = $1 and m.id = d."mseId" returning id`,
    [tenantId, JSON.stringify(written), actor.name, now, deedId],
  );
}

async function write(tx: Tx, tenantId: TenantId, decisions: readonly Decision[]): Promise<void> {
  await affected(
    tx,
    `update mses set org = coalesce(d.org, mses.org), severity = coalesce(d.severity, mses.severity),
       orgs = case when d.org is null then mses.orgs else array[d.org] end, findings = mses.findings || d.findings
     from json_to_recordset($2) as d (id uuid, org text, severity text, findings jsonb)
     where mses.tenant_id = $1 and mses.id = d.id`,
    [tenantId, JSON.stringify(decisions)],
  );
}

/** A signal takes the severity of its newest mail. */
function raiseSignals(
  event: LoadedEvent,
  decisions: readonly Decision[],
): { placed: PlacedSignal[]; changed: ChangedSignal[] } {
  const severities = new Map<string, Severity>();
  for (const { signalKey, severity } of decisions) if (severity) severities.set(signalKey, severity);
  const placed: PlacedSignal[] = [];
  const changed: ChangedSignal[] = [];
  for (const [key, severity] of severities) {
    const signal = event.signals.get(key);
    if (!signal) continue;
    changed.push({ key, from: signal.severity, to: severity });
    signal.severity = severity;
    placed.push({ ...signal, eventId: event.id });
  }
  return { placed, changed };
}

function highest(decisions: readonly Decision[]): MaybeSeverity {
  const found = new Set(decisions.map(({ severity }) => severity));
  return (['critical', 'warn', 'info'] as const).find((severity) => found.has(severity)) ?? null;
}

function describeEffect(decisions: readonly Decision[]): string {
  const parts: string[] = [];
  for (const [org, { length }] of groupBy(decisions, (decision) => decision.org)) {
    if (org) parts.push(`${countMails(length)} now ${length === 1 ? 'goes' : 'go'} to ${org}`);
  }
  for (const [severity, { length }] of groupBy(decisions, (decision) => decision.severity)) {
    if (severity) parts.push(`${countMails(length)} ${length === 1 ? 'is' : 'are'} now ${severity}`);
  }
  return parts.join(', ');
}

function countMails(count: number): string {
  return count === 1 ? '1 open mail' : `${count} open mails`;
}
