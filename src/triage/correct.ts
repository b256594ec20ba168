/**
 * A person puts right what triage found in a mail. The correction wins over every other source, and the mail's event
 * follows: its signal takes the severity, the event the path.
 */
import type { Actor } from '../accounts/role.ts';
import { affected, type Tx } from '../db/transaction.ts';
import { act, type Act } from '../events/act.ts';
import { recordChanges } from '../events/change.ts';
import { severityOf } from '../events/event.ts';
import { summariseMails } from '../events/membership.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { MaybeSeverity, Severity } from '../events/severity.ts';
import { lockEvents, saveSignals, updateEvents, type LoadedEvent } from '../events/store.ts';
import { given } from '../kernel/given.ts';
import { newId, type EventId, type TenantId } from '../kernel/ids.ts';
import { getMonitoringMse, type MonitoringMse } from './list-mses.ts';
import { replaceFindings } from './mse.ts';
import { recordCorrections } from './model/lessons.ts';
import { confirmServers, teachOrg } from './servers/store.ts';

export interface Correction {
  severity?: Severity | undefined;
  org?: string | undefined;
  servers?: string[] | undefined;
}

/** @throws NotFound */
export async function correctMse(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  correction: Correction,
  actor: Actor,
  now: Date,
): Promise<MonitoringMse> {
  const { eventId } = await getMonitoringMse(tx, tenantId, id);
  // The event first, as triage locks it: two transactions must not take the two in different orders.
  const [event] = await lockEvents(tx, tenantId, [eventId]);
  const before = await getMonitoringMse(tx, tenantId, id);
  const teaching = startTeaching(actor, now);
  await recordCorrections(tx, tenantId, { mseId: before.id }, correction, teaching);
  const after = await writeCorrection(tx, tenantId, before, correction, actor);
  await rememberOrgs(tx, tenantId, [after.org], now);
  await confirmServers(tx, tenantId, correction.servers ?? [], now);
  const taught = correction.org ? await teachOrg(tx, tenantId, { mseId: after.id }, correction.org) : [];
  if (!event) return after;
  const signals = await setSeverities(tx, tenantId, event, [after.signalKey], correction.severity);
  const formerly = { severity: event.severity, org: event.org };
  const mails = await summariseMails(tx, tenantId, event.id);
  event.org = mails.org;
  event.servers = mails.servers;
  event.severity = severityOf(event.signals.values(), correction.severity ?? event.severity);
  await updateEvents(tx, tenantId, [event], true);
  await recordChanges(tx, tenantId, [
    {
      eventId: event.id,
      at: now,
      actor,
      what: 'corrected',
      detail: { mse: after.id, formerly, deed: teaching.deedId, signals, taught, ...correction },
      why: describeCorrection(correction),
    },
  ]);
  return after;
}

/**
 * Puts right all mails of an event at once, and the event: for one that triage could not classify, and for verdicts,
 * which have no mails.
 * @throws NotFound, Conflict
 */
export async function correctEvent(
  tx: Tx,
  request: Act,
  { severity, org }: Pick<Correction, 'severity' | 'org'>,
): Promise<EventId> {
  const { tenantId, actor, now } = request;
  const event = await act(tx, request, async (present) => {
    const teaching = startTeaching(actor, now);
    const which = { eventId: present.id };
    const { mails, taught } = await writeCorrections(tx, tenantId, which, { severity, org }, teaching);
    await rememberOrgs(tx, tenantId, [org ?? null], now);
    const formerly = { severity: present.severity, org: present.org };
    if (org) present.org = org;
    if (severity) present.severity = severity;
    const signals = await setSeverities(tx, tenantId, present, [...present.signals.keys()], severity);
    const detail = { mails, formerly, deed: teaching.deedId, signals, taught, ...given({ severity, org }) };
    return { what: 'corrected', detail, why: describeCorrection({ severity, org }) };
  });
  return event.id;
}

/** What one click put right, for taking it back as one. */
export interface Teaching {
  deedId: string;
  actor: Actor;
  now: Date;
}

export function startTeaching(actor: Actor, now: Date): Teaching {
  return { deedId: newId(now), actor, now };
}

/** What an undo puts back; kept with the change. */
export interface ChangedSignal {
  key: string;
  from: MaybeSeverity;
  to: MaybeSeverity;
}

/** A signal takes the severity that its mails were put right to. */
export async function setSeverities(
  tx: Tx,
  tenantId: TenantId,
  event: LoadedEvent,
  keys: readonly string[],
  severity: Severity | undefined,
): Promise<ChangedSignal[]> {
  if (!severity) return [];
  const signals = keys.flatMap((key) => event.signals.get(key) ?? []);
  const changed = signals.map(({ key, severity: from }) => ({ key, from, to: severity }));
  for (const signal of signals) signal.severity = severity;
  await saveSignals(
    tx,
    tenantId,
    signals.map((signal) => ({ ...signal, eventId: event.id })),
  );
  return changed;
}

/**
 * Of all mails of an event, or of those of one signal that nothing has classified yet.
 * @returns how many mails, and the servers that were taught where they belong
 */
export async function writeCorrections(
  tx: Tx,
  tenantId: TenantId,
  { eventId, waitingSignal = null }: { eventId: EventId; waitingSignal?: string | null },
  { severity, org }: Pick<Correction, 'severity' | 'org'>,
  teaching: Teaching,
): Promise<{ mails: number; taught: string[] }> {
  const { actor } = teaching;
  const findings = {
    ...(severity ? { severity: { ...byHuman(actor), value: severity } } : {}),
    ...(org ? { org: { ...byHuman(actor), value: org } } : {}),
  };
  const which = { eventId, signal: waitingSignal };
  const taught = org ? await teachOrg(tx, tenantId, which, org) : [];
  await recordCorrections(tx, tenantId, which, { org, severity }, teaching);
  const mails = await affected(
    tx,
    `update mses set severity = coalesce($3, severity), org = coalesce($4, org),
       orgs = case when $4::text is null then orgs else array[$4::text] end,
       findings = findings || $5::jsonb || jsonb_build_object('others',
         ${formerOf('severity', '$3')} || ${formerOf('org', '$4')} || coalesce(findings -> 'others', '[]'))
     where tenant_id = $1 and event_id = $2
       and ($6::uuid is null or (signal_key = $6 and (severity is null or org is null)))`,
    [tenantId, eventId, severity ?? null, org ?? null, JSON.stringify(findings), waitingSignal],
  );
  return { mails, taught };
}

/** What is replaced, as replaceFindings keeps it of a single mail. */
function formerOf(field: 'severity' | 'org', replacement: string): string {
  const former = `findings -> '${field}'`;
  return `case when ${replacement}::text is null or ${former} is null or ${former} ->> 'source' = 'human'
       then '[]'::jsonb else jsonb_build_array((${former}) - 'clues' || '{"field": "${field}"}') end`;
}

function byHuman(actor: Actor) {
  return { source: 'human' as const, confidence: 1, reason: `put right by ${actor.name}` };
}

async function writeCorrection(
  tx: Tx,
  tenantId: TenantId,
  mse: MonitoringMse,
  correction: Correction,
  actor: Actor,
): Promise<MonitoringMse> {
  const { severity, org: path, servers } = correction;
  const findings = replaceFindings(mse.findings, {
    ...(severity ? { severity: { ...byHuman(actor), value: severity } } : {}),
    ...(path ? { org: { ...byHuman(actor), value: path } } : {}),
    ...(servers ? { servers: { ...byHuman(actor), value: servers } } : {}),
  });
  const org = correction.org ?? mse.org;
  await affected(
    tx,
    `update mses set severity = $3, org = $4, orgs = $5, servers = $6, findings = $7
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      mse.id,
      correction.severity ?? mse.severity,
      org,
      correction.org ? [correction.org] : mse.orgs,
      correction.servers ?? mse.servers,
      JSON.stringify(findings),
    ],
  );
  return getMonitoringMse(tx, tenantId, mse.id);
}

export function describeCorrection({ severity, org, servers }: Correction): string {
  const parts = [
    severity ? `severity ${severity}` : null,
    org ? `org ${org}` : null,
    servers ? `servers ${servers.join(', ') || 'none'}` : null,
  ];
  return parts.filter(Boolean).join(', ');
}
